"""Every page of a booking: works, anonymous, the other party, stranger, wrong method, repeated."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings import services
from bookings.models import Booking
from bookings.states import Status
from catalog.models import Skill
from core import clock
from mentors.models import AvailabilityHint
from messaging.models import Message
from messaging.selectors import thread_between
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.billing.money import pay_in
from tests.bookings.making import AT, ask, confirmed, current_hash
from tests.stripe import ACCEPTED, deliver_all, session_of

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


def text_of(answer: Any) -> str:
    content: str = answer.content.decode()
    return content.replace("\xa0", " ").replace("\u202f", " ")


def soon() -> dict[str, Any]:
    """A proposal next week, on the real clock."""
    return {"day": (clock.now() + timedelta(days=7)).date(), "now": clock.now()}


@pytest.fixture
def booking(karim: User, claire: User, skill: Skill) -> Booking:
    return ask(karim, claire, **soon())


def url(booking: Booking, name: str) -> str:
    return reverse(f"bookings:{name}", args=[booking.reference])


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


@pytest.fixture
def agreed_booking(claire: User, booking: Booking) -> Booking:
    return services.accept_version(booking=booking, by=claire, content_hash=current_hash(booking))


@pytest.mark.requirement("SK-61")
def test_the_payment_page_shows_every_figure_before_paying(
    client: Client, karim: User, claire: User, agreed_booking: Booking
) -> None:
    pay_in(karim, 3200)
    client.force_login(karim)
    page = text_of(client.get(url(agreed_booking, "payment")))
    assert "− 32,00 €" in page
    assert "Payer 15,00 € par carte" in page
    assert "délai de rétractation de 14 jours" in page
    assert "Annulation sans frais jusqu’au" in page
    assert "À payer avant le" in page
    client.force_login(claire)
    assert client.get(url(agreed_booking, "payment")).status_code == 404
    assert client.get(url(agreed_booking, "payment_return")).status_code == 404


def test_paying_goes_to_the_bank_and_comes_back_confirmed(
    client: Client, karim: User, agreed_booking: Booking, sandbox: Sandbox
) -> None:
    client.force_login(karim)
    data = {"shown_cents": 4700, "early_start": "on"}
    address = client.post(url(agreed_booking, "payment"), data)["Location"]
    assert client.post(url(agreed_booking, "payment"), data)["Location"] == address
    waiting = client.get(url(agreed_booking, "payment_return"))
    assert "Ne payez pas une seconde fois" in text_of(waiting)
    assert waiting["Refresh"]
    sandbox.pay(session_of(address), ACCEPTED)
    answer = client.get(url(agreed_booking, "payment_return"), follow=True)
    assert answer.redirect_chain == [(agreed_booking.get_absolute_url(), 302)]
    assert "la session est confirmée" in text_of(answer)
    deliver_all(client, sandbox)
    assert Email.objects.filter(kind="bookings.confirmed").count() == 2
    assert client.get(url(agreed_booking, "payment"))["Location"] == agreed_booking.get_absolute_url()
    assert client.post(url(agreed_booking, "payment"), data)["Location"] == agreed_booking.get_absolute_url()


def test_a_payment_that_failed_leads_back_to_the_summary(
    client: Client, karim: User, agreed_booking: Booking, sandbox: Sandbox
) -> None:
    client.force_login(karim)
    client.post(url(agreed_booking, "payment"), {"shown_cents": 4700, "early_start": "on"})
    services.close_payment(booking=agreed_booking)
    page = client.get(url(agreed_booking, "payment_return"), follow=True)
    assert "Rien n’a été débité" in text_of(page)
    assert page.redirect_chain == [(url(agreed_booking, "payment"), 302)]


def test_the_total_shown_is_the_total_paid(client: Client, karim: User, agreed_booking: Booking) -> None:
    client.force_login(karim)
    page = client.post(url(agreed_booking, "payment"), {"shown_cents": 100, "early_start": "on"})
    assert "Le montant à payer par carte a changé" in text_of(page)
    page = client.post(url(agreed_booking, "payment"), {"shown_cents": 4700})
    assert "cochez la case" in text_of(page)


@pytest.mark.requirement("K-14")
def test_a_lapsed_payment_can_be_reopened_from_its_page(client: Client, karim: User, agreed_booking: Booking) -> None:
    assert agreed_booking.pay_before is not None
    services.lapse_payment(booking_id=agreed_booking.pk, now=agreed_booking.pay_before)
    pay_in(karim, 4700)
    client.force_login(karim)
    assert "Rouvrir le paiement" in text_of(client.get(agreed_booking.get_absolute_url()))
    page = text_of(client.get(url(agreed_booking, "payment")))
    assert "rouvert pour 30 minutes" in page
    assert "Bloquer 47,00 € de mon crédit" in page
    answer = client.post(url(agreed_booking, "payment"), {"shown_cents": 0, "early_start": "on"})
    assert answer["Location"] == agreed_booking.get_absolute_url()
    agreed_booking.refresh_from_db()
    assert agreed_booking.status == Status.CONFIRMED


# --- confirmed ---


@pytest.fixture
def paid(karim: User, claire: User, skill: Skill) -> Booking:
    return confirmed(karim, claire, **soon())


@pytest.mark.requirement("SK-67")
def test_a_confirmed_session_goes_into_a_calendar(client: Client, karim: User, claire: User, paid: Booking) -> None:
    client.force_login(karim)
    page = text_of(client.get(paid.get_absolute_url()))
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE" in page
    assert "https://outlook.live.com/" in page
    answer = client.get(url(paid, "calendar"))
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == paid.starts_at
    assert event.decoded("dtend") == paid.ends_at
    assert "Claire Roux" in str(event["summary"])
    assert str(event["uid"]).startswith(paid.reference)
    assert claire.email not in answer.content.decode()


@pytest.mark.requirement("SK-75", "SK-77")
def test_the_consequence_is_in_numbers_before_canceling(
    client: Client, karim: User, claire: User, paid: Booking
) -> None:
    client.force_login(claire)
    thread = thread_between(karim, claire)
    assert thread is not None
    for address in (thread.get_absolute_url(), reverse("bookings:my_sessions"), paid.get_absolute_url()):
        assert url(paid, "cancellation") in text_of(client.get(address))
    page = text_of(client.get(url(paid, "cancellation")))
    assert "Vous annulez la session du" in page
    assert "47,00 € seront rendus à Karim" in page
    client.force_login(karim)
    assert "47,00 € vous seront rendus" in text_of(client.get(url(paid, "cancellation")))
    for _twice in range(2):
        assert client.post(url(paid, "cancellation"), {"reason": "Empêché"}).status_code == 302
    paid.refresh_from_db()
    assert paid.status == Status.CANCELED
    assert "Empêché" in text_of(client.get(thread.get_absolute_url()))


@pytest.mark.requirement("SK-74")
def test_after_the_start_the_page_says_it_is_too_late(client: Client, karim: User, paid: Booking) -> None:
    clock.get_clock().advance(paid.starts_at - clock.now())  # type: ignore[attr-defined]
    client.force_login(karim)
    page = client.get(url(paid, "cancellation"), follow=True)
    assert "L’heure prévue est passée : l’annulation simple n’est plus possible." in text_of(page)
    page = client.post(url(paid, "cancellation"), {}, follow=True)
    assert "L’heure prévue est passée" in text_of(page)
    assert url(paid, "cancellation") not in text_of(client.get(paid.get_absolute_url()))


@pytest.mark.requirement("SK-71")
def test_a_confirmed_session_has_no_form_to_change_it(client: Client, karim: User, paid: Booking) -> None:
    client.force_login(karim)
    page = client.get(url(paid, "counter_offer"), follow=True)
    assert "Une réservation confirmée ne se modifie pas." in text_of(page)


@pytest.mark.requirement("SK-69", "SK-81", "SK-82")
def test_my_sessions_has_today_first_then_what_comes_and_what_is_over(
    client: Client, karim: User, claire: User, skill: Skill, paid: Booking
) -> None:
    address = reverse("bookings:my_sessions")
    client.force_login(karim)
    page = text_of(client.get(address))
    assert skill.name in page
    assert "Confirmée" in page
    assert "Entrer dans la salle" not in page
    # The room is open from the first minute of the local day.
    clock.get_clock().advance(paid.day_bounds.starts_at - clock.now())  # type: ignore[attr-defined]
    for tab in ("", "?onglet=aujourdhui"):
        assert "Entrer dans la salle" in text_of(client.get(address + tab))
    clock.get_clock().advance(paid.day_bounds.ends_at - clock.now())  # type: ignore[attr-defined]
    assert "Entrer dans la salle" not in text_of(client.get(address))
    assert skill.name in text_of(client.get(f"{address}?onglet=passees"))
    assert "Aucune session prévue." in text_of(client.get(f"{address}?onglet=inconnu"))


def test_what_waits_for_an_answer_has_its_tab(client: Client, claire: User, karim: User, booking: Booking) -> None:
    address = f"{reverse('bookings:my_sessions')}?onglet=a-repondre"
    client.force_login(claire)
    assert "Répondre" in text_of(client.get(address))
    client.force_login(karim)
    assert "Rien n’attend votre réponse." in text_of(client.get(address))


def test_a_long_list_costs_the_same(
    client: Client, karim: User, claire: User, skill: Skill, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    start: datetime = clock.now()
    for number in range(12):
        made = ask(karim, claire, day=(start + timedelta(days=2 + number)).date(), now=start)
        services.accept_version(booking=made, by=claire, content_hash=current_hash(made), now=start)
    client.force_login(karim)
    client.get(reverse("bookings:my_sessions"))
    with django_assert_max_num_queries(18):
        client.get(reverse("bookings:my_sessions"))
    thread = thread_between(karim, claire)
    assert thread is not None
    with django_assert_max_num_queries(24):
        assert client.get(thread.get_absolute_url()).status_code == 200
    assert Message.objects.count() == 24


@pytest.mark.requirement("SK-54")
def test_no_page_shows_the_address_of_the_other(client: Client, karim: User, claire: User, paid: Booking) -> None:
    thread = thread_between(karim, claire)
    assert thread is not None
    for person, other in ((karim, claire), (claire, karim)):
        client.force_login(person)
        for address in (paid.get_absolute_url(), thread.get_absolute_url(), url(paid, "calendar")):
            assert other.email not in client.get(address).content.decode()


@pytest.mark.requirement("K-11")
@pytest.mark.parametrize(("seconds", "offered"), [(600, True), (0, False)])
def test_a_review_is_offered_after_a_billed_session_only(
    client: Client, karim: User, paid: Booking, seconds: int, *, offered: bool
) -> None:
    at = clock.now()
    services.close_booking(booking=paid, billed_seconds=seconds, started_at=at, ended_at=at)
    client.force_login(karim)
    page = text_of(client.get(paid.get_absolute_url()))
    assert "Voir le relevé" in page
    assert ("Donner mon avis" in page) == offered
