"""Giving up a confirmed session together, once its planned hour has passed (K-1, K-2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from billing.selectors import credit_of
from bookings import services
from bookings.errors import (
    AlreadyProposed,
    AlreadyStarted,
    NotYourTurn,
    ProposalClosed,
    StillYoursToCancel,
)
from bookings.models import Booking, Cancellation, JointProposal
from bookings.signals import booking_canceling
from bookings.states import JointStatus, Status
from core import clock
from core.errors import IllegalMove
from core.models import Setting
from messaging.selectors import thread_between
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.bookings.making import NOW, START, accept, ask, confirmed, in_state, soon, text_of
from tests.people import LONG_AGO
from tests.stripe import ACCEPTED, session_of

LATER = START + timedelta(minutes=20)
pytestmark = pytest.mark.usefixtures("skill")


@pytest.fixture
def started(karim: User, claire: User, sandbox: Sandbox) -> Booking:
    """Paid by card; its planned hour has just passed, and nobody is in the room."""
    booking = accept(ask(karim, claire, **soon()), claire, now=clock.now())
    url = services.begin_payment(booking=booking, by=karim, shown_cents=4700, asks_early_start=True)
    sandbox.pay(session_of(url), ACCEPTED)
    services.look_at_payment(booking=booking)
    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
    clock.get_clock().advance(booking.starts_at + timedelta(minutes=5) - clock.now())  # type: ignore[attr-defined]
    return booking


def propose(booking: Booking, by: User, **options: Any) -> JointProposal:
    return services.propose_cancellation(booking=booking, by=by, **({"now": LATER} | options))


@pytest.mark.requirement("K-1", "SK-77")
def test_both_consent_and_everything_comes_back(karim: User, claire: User, started: Booking) -> None:
    proposal = propose(started, karim, now=clock.now(), note="Nous n’y étions ni l’un ni l’autre.")
    assert (proposal.returned_cents, credit_of(karim).held_cents) == (4700, 4700)
    services.accept_proposal(proposal=proposal, by=claire)
    started.refresh_from_db()
    assert started.status == Status.CANCELED
    credit = credit_of(karim)
    assert (credit.available_cents, credit.held_cents) == (4700, 0)
    kept = Cancellation.objects.get()
    assert (kept.proposal, kept.returned_cents, kept.by) == (proposal, 4700, claire)
    assert books_wrong() == []


@pytest.mark.requirement("K-1", "SK-70", "SK-76")
def test_both_read_the_consequence_in_euros(karim: User, claire: User) -> None:
    proposal = propose(confirmed(karim, claire), claire)
    asked = Email.objects.get(kind="bookings.cancellation_proposed")
    assert asked.to == karim.email
    assert "47,00 € vous seront rendus en crédit" in asked.body_text.replace("\xa0", " ").replace("\u202f", " ")
    services.accept_proposal(proposal=proposal, by=karim, now=LATER)
    told = Email.objects.filter(kind="bookings.canceled")
    assert {mail.to for mail in told} == {karim.email, claire.email}
    for mail in told:
        assert "annulée d’un commun accord" in mail.subject
        attached = mail.attachments.get()
        event = Calendar.from_ical(bytes(attached.content)).walk("VEVENT")[0]
        assert event["STATUS"] == "CANCELLED"


@pytest.mark.requirement("K-1", "K-2")
def test_before_the_planned_start_one_person_alone_cancels(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    for person in (karim, claire):
        with pytest.raises(StillYoursToCancel):
            propose(booking, person, now=START - timedelta(seconds=1))
    assert propose(booking, karim, now=START).status == JointStatus.OPEN


@pytest.mark.requirement("K-2")
def test_a_learner_whose_own_limit_is_earlier_proposes_from_that_limit_on(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    Setting.objects.create(key="free_cancellation_hours", value=24, effective_from=LONG_AGO, by=claire, reason="Essai")
    an_hour_before = START - timedelta(hours=1)
    with pytest.raises(StillYoursToCancel):
        propose(booking, claire, now=an_hour_before)
    proposal = propose(booking, karim, now=an_hour_before)
    services.accept_proposal(proposal=proposal, by=claire, now=an_hour_before)
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED


@pytest.mark.requirement("K-1")
def test_an_agreed_hour_does_not_give_one_person_the_right_to_cancel_alone_again(karim: User, claire: User) -> None:
    """10:00 became 16:00: at 11:00 it takes both."""
    booking = confirmed(karim, claire)
    hour = services.propose_hour(
        booking=booking, by=karim, at=START.astimezone(booking.zone).time().replace(hour=18), now=NOW
    )
    services.accept_proposal(proposal=hour, by=claire, now=NOW)
    services.accept_proposal(proposal=propose(booking, karim), by=claire, now=LATER)
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED


@pytest.mark.requirement("K-1")
def test_from_the_first_billed_second_nobody_cancels(karim: User, claire: User, started: Booking) -> None:
    proposal = propose(started, karim, now=clock.now())
    services.mark_in_progress(booking=started)
    with pytest.raises(AlreadyStarted):
        services.accept_proposal(proposal=proposal, by=claire)
    with pytest.raises(AlreadyStarted):
        propose(started, claire, now=clock.now())
    assert credit_of(karim).held_cents == 4700
    assert books_wrong() == []


@pytest.mark.requirement("K-1")
def test_the_room_has_the_last_word(karim: User, claire: User) -> None:
    """A second was billed, and the booking does not know yet."""

    def refuses(**_news: Any) -> None:
        raise AlreadyStarted

    booking = confirmed(karim, claire)
    proposal = propose(booking, karim)
    booking_canceling.connect(refuses)
    try:
        with pytest.raises(AlreadyStarted):
            services.accept_proposal(proposal=proposal, by=claire, now=LATER)
    finally:
        booking_canceling.disconnect(refuses)
    proposal.refresh_from_db()
    booking.refresh_from_db()
    assert (proposal.status, booking.status) == (JointStatus.OPEN, Status.CONFIRMED)


@pytest.mark.requirement("K-1")
def test_each_consents_to_the_same_proposal(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    first = propose(booking, karim)
    with pytest.raises(NotYourTurn):
        services.accept_proposal(proposal=first, by=karim, now=LATER)
    with pytest.raises(AlreadyProposed):
        propose(booking, claire)
    services.withdraw_proposal(proposal=first, by=karim, now=LATER)
    second = propose(booking, karim)
    with pytest.raises(ProposalClosed):
        services.accept_proposal(proposal=first, by=claire, now=LATER)
    services.accept_proposal(proposal=second, by=claire, now=LATER)
    assert Cancellation.objects.get().proposal == second


@pytest.mark.requirement("K-1", "K-11")
def test_a_refusal_leaves_the_session_and_the_end_of_the_day_ends_the_question(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    refused = propose(booking, karim)
    services.refuse_proposal(proposal=refused, by=claire, now=LATER)
    assert Email.objects.get(kind="bookings.cancellation_refused").to == karim.email
    proposal = propose(booking, karim)
    midnight = booking.day_bounds.ends_at
    assert proposal.lapses_at == midnight
    with pytest.raises(ProposalClosed):
        services.accept_proposal(proposal=proposal, by=claire, now=midnight)
    with pytest.raises(IllegalMove):
        propose(booking, claire, now=midnight)
    services.mark_not_held(booking=booking, now=midnight)
    assert credit_of(karim).held_cents == 4700


@pytest.mark.parametrize("status", [status for status in Status if status not in {Status.CLOSED, Status.CONFIRMED}])
def test_only_a_confirmed_booking_is_given_up_together(karim: User, claire: User, status: Status) -> None:
    booking = in_state(status, karim, claire)
    for person in (karim, claire):
        with pytest.raises((IllegalMove, AlreadyStarted)):
            propose(booking, person)


# --- pages ---


@pytest.mark.requirement("K-1", "SK-75")
def test_too_late_for_one_leads_to_both(client: Client, karim: User, claire: User, started: Booking) -> None:
    together = reverse("bookings:common_cancellation", args=[started.reference])
    thread = thread_between(karim, claire)
    assert thread is not None
    client.force_login(karim)
    for page in (thread.get_absolute_url(), started.get_absolute_url(), reverse("bookings:my_sessions")):
        words = text_of(client.get(page))
        assert reverse("bookings:cancellation", args=[started.reference]) not in words, page
    assert together in text_of(client.get(started.get_absolute_url()))
    late = client.post(reverse("bookings:cancellation", args=[started.reference]), {"reason": ""}, follow=True)
    assert late.redirect_chain == [(together, 302)]
    page = text_of(late)
    assert "L’heure prévue est passée : l’annulation simple n’est plus possible." in page
    assert "47,00 € vous seront rendus en crédit et rien ne vous sera facturé" in page
    sent = client.post(together, {"reason": "Réseau en panne"}, follow=True)
    assert "Vous proposez d’annuler la session" in text_of(sent)
    client.force_login(claire)
    assert "47,00 €" in text_of(client.get(thread.get_absolute_url()))
    proposal = JointProposal.objects.get()
    answer = reverse("bookings:joint_acceptance", args=[started.reference, proposal.reference])
    page = text_of(client.get(answer))
    assert "47,00 € seront rendus à Karim. Vous ne recevrez rien pour cette session." in page.replace(
        "<strong>", ""
    ).replace("</strong>", "")
    assert "Réseau en panne" in page
    done = text_of(client.post(answer, follow=True))
    assert "Session annulée d’un commun accord." in done
    assert books_wrong() == []


def test_nothing_is_canceled_by_looking(client: Client, karim: User, claire: User, started: Booking) -> None:
    proposal = services.propose_cancellation(booking=started, by=karim)
    answer = reverse("bookings:joint_acceptance", args=[started.reference, proposal.reference])
    client.force_login(claire)
    client.get(answer)
    started.refresh_from_db()
    assert started.status == Status.CONFIRMED
    client.force_login(karim)
    assert client.get(answer)["Location"] == started.get_absolute_url()
