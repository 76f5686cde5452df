"""Every page of a booking: works, anonymous, the other party, stranger, wrong method, repeated."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.models import Booking
from bookings.states import Status
from catalog.models import Skill
from core import clock
from mentors.models import AvailabilityHint
from messaging.selectors import thread_between
from tests.bookings.making import AT, ask, current_hash, soon, text_of, url

WAYS = {
    "detail": ("get", 200),
    "counter_offer": ("get", 302),
    "acceptance": ("post", 302),
    "refusal": ("get", 302),
    "withdrawal": ("post", 302),
    "payment": ("get", 302),
    "payment_return": ("get", 302),
    "cancellation": ("get", 302),
    "calendar": ("get", 200),
}


def form_data(skill: Skill, **changed: Any) -> dict[str, Any]:
    day = (clock.now() + timedelta(days=7)).date()
    return {
        "offer": f"competence:{skill.slug}",
        "duration": "60",
        "objectives": "Comparer trois saisons",
        "day": day.isoformat(),
        "at": "14:00",
        "client_token": str(uuid4()),
    } | changed


def new_url(mentor: User) -> str:
    return f"{reverse('bookings:new')}?mentor={mentor.page.slug}"


@pytest.mark.parametrize(
    ("named", "fields"),
    [("90", ("90", None)), ("75", ("other", 75)), *((odd, ("60", None)) for odd in ("", "7", "62", "9999", "²"))],
)
def test_the_form_begins_with_the_duration_chosen_on_the_profile(
    client: Client, karim: User, claire: User, named: str, fields: tuple[str, int | None]
) -> None:
    client.force_login(karim)
    form = client.get(f"{new_url(claire)}&duree={named}").context["form"]
    assert (form["duration"].value(), form["other_minutes"].value()) == fields


# --- doors ---


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_visitor_is_asked_to_log_in(client: Client, booking: Booking, name: str) -> None:
    for method in (client.get, client.post):
        assert method(url(booking, name))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_stranger_finds_nothing(client: Client, nadia: User, booking: Booking, name: str) -> None:
    client.force_login(nadia)
    for method in (client.get, client.post):
        assert method(url(booking, name)).status_code in {404, 405}
    right = client.get if WAYS[name][0] == "get" else client.post
    assert right(url(booking, name)).status_code == 404


def test_pages_refuse_the_wrong_method(client: Client, karim: User, booking: Booking) -> None:
    client.force_login(karim)
    for name in ("acceptance", "withdrawal"):
        assert client.get(url(booking, name)).status_code == 405
    for name in ("detail", "calendar", "payment_return"):
        assert client.post(url(booking, name)).status_code == 405
    assert client.delete(reverse("bookings:new")).status_code == 405
    assert client.post(reverse("bookings:my_sessions")).status_code == 405


def test_lists_and_the_form_ask_to_log_in(client: Client, claire: User) -> None:
    for address in (new_url(claire), reverse("bookings:my_sessions")):
        assert client.get(address)["Location"].startswith(reverse("account_login"))


# --- request ---


@pytest.mark.requirement("SK-59", "SK-6", "SK-38")
def test_the_form_has_five_fields_a_price_and_the_usual_week(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    AvailabilityHint.objects.create(mentor=claire.mentor_profile, weekday=1, starts=AT, ends=AT.replace(hour=18))
    client.force_login(karim)
    page = text_of(client.get(f"{new_url(claire)}&competence={skill.slug}"))
    for name in ("offer", "duration", "objectives", "day", "at"):
        assert f'name="{name}"' in page
    assert f'value="competence:{skill.slug}" selected' in page
    assert "1 h à 47,00 €/h : 47,00 € maximum." in page
    assert "Les 3 premières minutes sont gratuites" in page
    assert "14 h – 18 h" in page


@pytest.mark.requirement("SK-64", "SK-57")
def test_a_request_opens_the_thread(client: Client, karim: User, claire: User, skill: Skill) -> None:
    client.force_login(karim)
    answer = client.post(new_url(claire), form_data(skill, duration="other", other_minutes="75"), follow=True)
    booking = Booking.objects.get()
    thread = thread_between(karim, claire)
    assert thread is not None
    assert answer.redirect_chain == [(thread.get_absolute_url(), 302)]
    assert booking.duration_minutes == 75
    assert "Votre demande de session" in text_of(answer)


def test_a_request_sent_twice_is_one_booking(client: Client, karim: User, claire: User, skill: Skill) -> None:
    client.force_login(karim)
    data = form_data(skill)
    first = client.post(new_url(claire), data)
    again = client.post(new_url(claire), data)
    assert first["Location"] == again["Location"]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day": "2020-01-01"}, "Choisissez une date à venir."),
        ({"day": "0001-01-01"}, "Choisissez une date à venir."),
        ({"day": "9999-12-31"}, "Choisissez une date dans les deux ans qui viennent."),
        ({"day": "demain"}, "Écrivez la date comme 08/12/2026."),
        ({"at": "23:30"}, "La session doit se terminer avant minuit."),
        ({"duration": "other"}, "Indiquez la durée en minutes."),
        ({"duration": "other", "other_minutes": "33"}, "33"),
        ({"duration": "other", "other_minutes": "500"}, "500"),
        ({"duration": "other", "other_minutes": "9" * 5000}, "Saisissez un nombre entier."),
        ({"duration": "9" * 5000}, "Sélectionnez un choix valide."),
        ({"objectives": ""}, "Dites ce que vous attendez de la session."),
        ({"offer": "competence:alchimie"}, "alchimie"),
    ],
)
def test_a_refused_request_says_why_and_keeps_what_was_typed(
    client: Client, karim: User, skill: Skill, changed: dict[str, str], words: str
) -> None:
    client.force_login(karim)
    mentor = User.objects.get(member_skills__skill=skill)
    page = client.post(new_url(mentor), form_data(skill, **changed))
    assert page.status_code == 200
    assert words in text_of(page)
    if "objectives" not in changed:
        assert "Comparer trois saisons" in text_of(page)
    assert not Booking.objects.exists()


def test_who_cannot_be_booked_can_be_written_to(client: Client, karim: User, nadia: User, claire: User) -> None:
    client.force_login(karim)
    page = client.get(new_url(nadia), follow=True)
    assert page.redirect_chain[0][0] == nadia.page.get_absolute_url()
    client.force_login(claire)
    answer = client.post(new_url(claire), {})
    assert answer["Location"] == claire.page.get_absolute_url()
    assert client.get(f"{reverse('bookings:new')}?mentor=personne").status_code == 404


# --- negotiation ---


@pytest.mark.requirement("SK-58", "SK-60")
def test_the_thread_is_where_the_mentor_answers(client: Client, karim: User, claire: User, booking: Booking) -> None:
    thread = thread_between(karim, claire)
    assert thread is not None
    client.force_login(claire)
    page = text_of(client.get(thread.get_absolute_url()))
    assert "Karim demande une session" in page
    for name in ("acceptance", "counter_offer", "refusal"):
        assert url(booking, name) in page
    client.force_login(karim)
    page = text_of(client.get(thread.get_absolute_url()))
    assert url(booking, "acceptance") not in page
    assert url(booking, "withdrawal") in page
    assert "À accepter avant le" in page


@pytest.mark.requirement("SK-62")
def test_a_counter_offer_shows_old_and_new_side_by_side(
    client: Client, karim: User, claire: User, booking: Booking
) -> None:
    client.force_login(claire)
    page = text_of(client.get(url(booking, "counter_offer")))
    assert "Comparer trois saisons de relevés" in page
    data = form_data(Skill.objects.get(name=booking.subject), duration="90", version=current_hash(booking))
    answer = client.post(url(booking, "counter_offer"), data | {"objectives": "Comparer", "note": "Plus long"})
    thread = thread_between(karim, claire)
    assert thread is not None
    assert answer["Location"] == thread.get_absolute_url()
    client.force_login(karim)
    for address in (thread.get_absolute_url(), booking.get_absolute_url()):
        page = text_of(client.get(address))
        assert "Avant" in page
        assert "Après" in page
        assert "<del>47,00 €</del>" in page
        assert "<ins>70,50 €</ins>" in page
        assert "Plus long" in page


@pytest.mark.requirement("SK-63")
def test_a_stale_version_leads_to_the_new_one(client: Client, karim: User, claire: User, booking: Booking) -> None:
    read = current_hash(booking)
    client.force_login(claire)
    data = form_data(Skill.objects.get(name=booking.subject), duration="90", version=read)
    client.post(url(booking, "counter_offer"), data)
    page = client.post(url(booking, "acceptance"), {"version": read}, follow=True)
    assert "La proposition a changé pendant que vous la lisiez. Voici la nouvelle version." in text_of(page)
    page = client.post(url(booking, "counter_offer"), data | {"duration": "30"}, follow=True)
    assert "Voici la nouvelle version" in text_of(page)
    booking.refresh_from_db()
    assert (booking.version, booking.status) == (2, Status.COUNTERED)


def test_a_counter_offer_that_is_refused_keeps_what_was_typed(client: Client, claire: User, booking: Booking) -> None:
    client.force_login(claire)
    data = form_data(Skill.objects.get(name=booking.subject), version=current_hash(booking), day="2020-01-01")
    page = text_of(client.post(url(booking, "counter_offer"), data))
    assert "Choisissez une date à venir." in page
    assert "Comparer trois saisons" in page


def test_who_is_not_expected_does_not_see_the_forms(client: Client, karim: User, booking: Booking) -> None:
    client.force_login(karim)
    page = client.get(url(booking, "counter_offer"), follow=True)
    assert "La réponse de votre interlocuteur est attendue" in text_of(page)
    assert client.get(url(booking, "refusal"))["Location"] == booking.get_absolute_url()
    page = client.post(url(booking, "refusal"), {"reason": ""}, follow=True)
    assert "La réponse de votre interlocuteur est attendue" in text_of(page)


def test_the_mentor_accepts_and_the_learner_is_led_to_the_payment(
    client: Client, karim: User, claire: User, booking: Booking
) -> None:
    client.force_login(claire)
    for _twice in range(2):
        done = client.post(url(booking, "acceptance"), {"version": current_hash(booking)}, follow=True)
        assert "La session est confirmée dès que le paiement est fait" in text_of(done)
    client.force_login(karim)
    thread = thread_between(karim, claire)
    assert thread is not None
    page = text_of(client.get(thread.get_absolute_url()))
    assert url(booking, "payment") in page
    assert "à payer avant le" in page


def test_a_refusal_is_confirmed_on_its_own_page(client: Client, claire: User, booking: Booking) -> None:
    client.force_login(claire)
    assert "Karim sera prévenu" in text_of(client.get(url(booking, "refusal")))
    for _twice in range(2):
        assert client.post(url(booking, "refusal"), {"reason": "En congé"}).status_code == 302
    booking.refresh_from_db()
    assert booking.status == Status.DECLINED
    assert "En congé" in text_of(client.get(booking.get_absolute_url()))


def test_a_request_is_taken_back(client: Client, karim: User, claire: User, booking: Booking) -> None:
    client.force_login(claire)
    client.post(url(booking, "withdrawal"))
    booking.refresh_from_db()
    assert booking.status == Status.REQUESTED
    client.force_login(karim)
    for _twice in range(2):
        assert client.post(url(booking, "withdrawal")).status_code == 302
    booking.refresh_from_db()
    assert booking.status == Status.WITHDRAWN
    assert "Refaire la demande" in text_of(client.get(booking.get_absolute_url()))


@pytest.mark.requirement("K-20")
def test_another_open_request_at_the_same_time_only_warns(
    client: Client, nadia: User, claire: User, booking: Booking
) -> None:
    ask(nadia, claire, **soon())
    client.force_login(claire)
    assert "Une autre demande en cours se chevauche" in text_of(client.get(booking.get_absolute_url()))


def test_a_lapsed_request_says_when_and_offers_to_ask_again(client: Client, karim: User, booking: Booking) -> None:
    services.lapse_request(booking_id=booking.pk, now=booking.expires_at)
    client.force_login(karim)
    page = text_of(client.get(booking.get_absolute_url()))
    assert "Expirée" in page
    assert "Refaire la demande" in page
    assert "Cette demande a expiré le" in page
    refused = client.post(url(booking, "acceptance"), {"version": current_hash(booking)}, follow=True)
    assert text_of(refused).count("Cette demande a expiré le") == 2


# --- payment ---
