"""Another hour of the day, from the screen: proposed, agreed in the thread, shown wherever the planned one was."""

from datetime import UTC, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import selectors
from bookings.models import Booking, JointProposal
from catalog.models import Skill
from core import clock
from messaging.selectors import thread_between
from tests.bookings.making import confirmed, soon, text_of
from tests.bookings.test_other_hour import agree


@pytest.fixture
def paid(karim: User, claire: User, skill: Skill) -> Booking:
    return confirmed(karim, claire, **soon())


def address(proposal: JointProposal, name: str) -> str:
    return reverse(f"bookings:joint_{name}", args=[proposal.booking.reference, proposal.reference])


@pytest.mark.requirement("SK-72", "SK-58")
def test_another_hour_is_proposed_and_accepted_from_the_thread(
    client: Client, karim: User, claire: User, paid: Booking
) -> None:
    thread = thread_between(karim, claire)
    assert thread is not None
    form = reverse("bookings:other_hour", args=[paid.reference])
    client.force_login(karim)
    for page in (thread.get_absolute_url(), paid.get_absolute_url(), reverse("bookings:my_sessions")):
        assert form in text_of(client.get(page)), page
    sent = client.post(form, {"at": "16:00", "note": "Mon train arrive à 15:00."}, follow=True)
    assert sent.redirect_chain == [(thread.get_absolute_url(), 302)]
    assert "Vous proposez une autre heure" in text_of(sent)
    client.force_login(claire)
    page = text_of(client.get(thread.get_absolute_url()))
    assert "Karim propose une autre heure" in page
    assert "au lieu de 14:00 prévue" in page
    assert "Mon train arrive à 15:00." in page
    waiting = text_of(client.get(f"{reverse('bookings:my_sessions')}?onglet=a-repondre"))
    assert "Répondre" in waiting
    proposal = JointProposal.objects.get()
    assert "Accepter cette heure" in text_of(client.get(address(proposal, "acceptance")))
    done = client.post(address(proposal, "acceptance"), follow=True)
    assert "Vous avez accepté l’autre heure." in text_of(done)
    assert "La réservation reste celle de 14:00" in text_of(done)


@pytest.mark.requirement("SK-72")
def test_the_agreed_hour_stands_wherever_the_planned_one_did(
    client: Client, karim: User, claire: User, paid: Booking
) -> None:
    booking = agree(paid, karim, now=clock.now())
    thread = thread_between(karim, claire)
    assert thread is not None
    client.force_login(karim)
    for page in (thread.get_absolute_url(), booking.get_absolute_url()):
        words = text_of(client.get(page))
        assert "Heure convenue" in words, page
        assert "16:00 – 17:00" in words, page
        assert "Heure prévue" in words, page
    rows = text_of(client.get(reverse("bookings:my_sessions")))
    assert "16:00" in rows
    assert "heure convenue, au lieu de 14:00" in rows
    google = client.get(booking.get_absolute_url()).context["google_url"]
    assert f"{booking.meets_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in google
    # The day itself, in the bar, in the list, on the first page.
    clock.get_clock().advance(booking.day_bounds.starts_at - clock.now())  # type: ignore[attr-defined]
    for page in (reverse("bookings:my_sessions"), reverse("pages:account")):
        assert "16:00" in text_of(client.get(page)), page


def test_a_session_agreed_for_later_is_not_over_before(client: Client, karim: User, paid: Booking) -> None:
    booking = agree(paid, karim, now=clock.now())
    between = booking.ends_at + timedelta(minutes=10)
    assert list(selectors.past(karim, between)) == []
    assert list(selectors.upcoming(karim, between)) == [booking]
    assert list(selectors.past(karim, booking.meets_until)) == [booking]


@pytest.mark.requirement("SK-73")
def test_a_change_of_date_says_to_cancel_and_to_ask_anew(
    client: Client, karim: User, claire: User, paid: Booking
) -> None:
    form = reverse("bookings:other_hour", args=[paid.reference])
    client.force_login(karim)
    page = text_of(client.get(form))
    assert 'name="day"' not in page
    assert "La date d’une réservation confirmée ne change pas : annulez cette session" in page
    assert reverse("bookings:cancellation", args=[paid.reference]) in page
    assert f"{reverse('bookings:new')}?mentor={claire.page.slug}" in page
    # Another day that somebody writes into the form by hand changes nothing.
    client.post(form, {"at": "16:00", "day": (paid.day + timedelta(days=1)).isoformat()})
    proposal = JointProposal.objects.get()
    assert proposal.starts_at is not None
    assert proposal.starts_at.astimezone(paid.zone).date() == paid.day
    client.force_login(claire)
    assert "Karim fait une nouvelle demande" in text_of(client.get(form))
    refused = client.get(reverse("bookings:counter_offer", args=[paid.reference]), follow=True)
    assert "Vous pouvez proposer une autre heure le même jour, ou annuler." in text_of(refused)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Choisissez une heure."),
        ("quatre heures", "Écrivez l’heure comme 14:30."),
        ("25:00", "Écrivez l’heure comme 14:30."),
        ("23:30", "La session doit se terminer avant minuit."),
        ("14:00", "C’est déjà l’heure de cette session. Choisissez une autre heure."),
    ],
)
def test_an_hour_that_is_refused_says_why_and_keeps_what_was_typed(
    client: Client, karim: User, paid: Booking, typed: str, words: str
) -> None:
    client.force_login(karim)
    answer = client.post(
        reverse("bookings:other_hour", args=[paid.reference]), {"at": typed, "note": "Un train en retard"}
    )
    assert answer.status_code == 200
    page = text_of(answer)
    assert words in page
    assert "Un train en retard" in page
    assert f'value="{typed}"' in page or not typed
    assert not JointProposal.objects.exists()


def test_an_hour_that_meets_another_session_is_said_not_refused(
    client: Client, karim: User, nadia: User, claire: User, paid: Booking
) -> None:
    confirmed(nadia, claire, at=time(16, 30), **soon())
    client.force_login(claire)
    form = reverse("bookings:other_hour", args=[paid.reference])
    sent = text_of(client.post(form, {"at": "16:00"}, follow=True))
    assert "Vous avez une autre session de 16:30 à 17:30 ce jour-là." in sent
    client.force_login(karim)
    page = text_of(client.get(address(JointProposal.objects.get(), "acceptance")))
    assert "Le mentor a une autre session de 16:30 à 17:30 ce jour-là." in page
