"""From the payment to what is over: the pages of a booking that was agreed."""

from datetime import datetime, timedelta

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
from messaging.models import Message
from messaging.selectors import thread_between
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.billing.money import pay_in
from tests.bookings.making import ask, confirmed, current_hash, soon, text_of, url
from tests.stripe import ACCEPTED, deliver_all, session_of


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
    assert "Early start" not in text_of(page)


@pytest.mark.requirement("K-14")
def test_a_lapsed_payment_can_be_reopened_from_its_page(client: Client, karim: User, agreed_booking: Booking) -> None:
    assert agreed_booking.pay_before is not None
    services.lapse_payment(booking_id=agreed_booking.pk, now=agreed_booking.pay_before)
    pay_in(karim, 4700)
    client.force_login(karim)
    assert "Rouvrir le paiement" in text_of(client.get(agreed_booking.get_absolute_url()))
    page = text_of(client.get(url(agreed_booking, "payment")))
    assert "Le délai de paiement est passé." in page
    assert "rouvert pour 30 minutes" in page
    assert "À payer avant le" not in page
    assert "Bloquer 47,00 € de mon crédit" in page
    answer = client.post(url(agreed_booking, "payment"), {"shown_cents": 0, "early_start": "on"})
    assert answer["Location"] == agreed_booking.get_absolute_url()
    agreed_booking.refresh_from_db()
    assert agreed_booking.status == Status.CONFIRMED
    assert text_of(client.get(agreed_booking.get_absolute_url())).count("Paiement rouvert") == 1


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
    with django_assert_max_num_queries(5):
        client.get(reverse("bookings:my_sessions"))
    with django_assert_max_num_queries(5):
        client.get(reverse("bookings:my_sessions"), {"onglet": "passees"})
    thread = thread_between(karim, claire)
    assert thread is not None
    with django_assert_max_num_queries(15):
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
