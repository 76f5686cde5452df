"""A booking agreed, paid on Stripe's page and lived through by services and pages as members and Stripe do.

The stories in test_scenarios_* start here: every way money can go wrong between Stripe, a browser, a bank and our own
machines. Each ends in balance.
"""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import available, pending
from billing.models import ConnectedAccount, Hold, LedgerTransaction, Payout, Refund, StripeEvent, TopUp
from billing.services import payouts, refunds, webhooks
from billing.states import PayoutStatus, TopUpStatus
from bookings import services
from bookings.models import Booking
from bookings.states import Status
from catalog.models import Skill
from core import clock
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests import people
from tests.billing.books import books_wrong
from tests.billing.earned import activate
from tests.bookings.making import accept, ask, url
from tests.stripe import ACCEPTED, deliver_all, session_of

# One hour at 47 €.
PRICE, NET = 4_700, 3_760
DUE = timedelta(hours=48)
TRANSFERS = "POST /v1/transfers"
EVERY_EVENT = "*"


@pytest.fixture
def mentor(sandbox: Sandbox, claire: User) -> User:
    """Her account at Stripe is a real one, as far as the sandbox goes."""
    ConnectedAccount.objects.filter(user=claire).delete()
    activate(sandbox, claire)
    sandbox.outbox.clear()
    return User.objects.get(pk=claire.pk)


@pytest.fixture
def skill(claire: User) -> Skill:
    return people.skill_of(claire)


@pytest.fixture
def booking(karim: User, mentor: User, skill: Skill) -> Booking:
    return agree(karim, mentor)


@pytest.fixture
def stripe_page(client: Client, karim: User, booking: Booking) -> str:
    """The learner pressed « Payer » and is on Stripe's page."""
    client.force_login(karim)
    address = client.post(url(booking, "payment"), {"shown_cents": PRICE, "early_start": "on"})["Location"]
    return session_of(address)


@pytest.fixture
def payout(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> Payout:
    """The session was paid, given and settled: its money leaves in 48 hours."""
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    assert state_of(booking) == Status.CONFIRMED
    return give(booking)


@pytest.fixture
def returned(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> Refund:
    """The session was paid and canceled, and the learner wants his money on his card."""
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    services.cancel_booking(booking=booking, by=booking.learner, reason="Malade", now=clock.now())
    (refund,) = refunds.request_refund(user=booking.learner, amount_cents=PRICE)
    return refund


def agree(learner: User, mentor: User, *, days: int = 7) -> Booking:
    asked = ask(learner, mentor, now=clock.now(), day=(clock.now() + timedelta(days=days)).date())
    return accept(asked, mentor, now=clock.now())


def give(booking: Booking) -> Payout:
    end = booking.starts_at + timedelta(hours=1)
    services.mark_in_progress(booking=booking, now=booking.starts_at)
    services.close_booking(
        booking=booking, billed_seconds=3_600, started_at=booking.starts_at, ended_at=end, reason="both_ended", now=end
    )
    return Payout.objects.get(settlement__reference=booking.ledger_reference)


def deliver_and_handle(client: Client, sandbox: Sandbox) -> None:
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert not StripeEvent.objects.filter(handled_at=None).exists()


def state_of(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


def check_paid_once(sandbox: Sandbox, booking: Booking) -> None:
    assert state_of(booking) == Status.CONFIRMED
    assert [row["amount"] for row in sandbox.store.all("charge")] == [PRICE]
    assert LedgerTransaction.objects.filter(kind="topup").count() == 1
    assert Hold.objects.filter(reference=booking.ledger_reference).count() == 1
    assert (balance(available(booking.learner)), TopUp.objects.get().status) == (0, TopUpStatus.PAID)
    assert Email.objects.filter(kind="bookings.confirmed").count() == 2
    assert books_wrong() == []


def sweep(payout: Payout, *, after: timedelta = DUE) -> PayoutStatus:
    payouts.sweep_payouts(now=payout.settlement.settled_at + after)
    payout.refresh_from_db()
    return PayoutStatus(payout.status)


def check_sent_once(sandbox: Sandbox, payout: Payout) -> None:
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert [row["amount"] for row in sandbox.store.all("transfer")] == [NET]
    assert LedgerTransaction.objects.filter(kind="payout").count() == 1
    assert balance(pending(payout.mentor)) == 0
    assert Email.objects.filter(kind="billing.payout_sent").count() == 1
    assert books_wrong() == []
