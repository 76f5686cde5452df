"""The money of a member who leaves, up to his erasure: the books are right on day 14, 15 and 16 (K-34)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import closings
from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import available, pending
from billing.models import BillingProfile, ConnectedAccount, Invoice, Payout, Refund
from billing.services import leaving, payouts, refunds
from billing.states import PayoutStatus, RefundStatus
from bookings.models import Booking
from bookings.states import Status
from core import clock
from stripe_sandbox import Sandbox
from tests.accounts.leaving import PASSWORD, days, follow, sweep
from tests.billing.books import books_wrong
from tests.billing.stories import (
    DUE,
    PRICE,
    booking,
    deliver_and_handle,
    mentor,
    payout,
    skill,
    state_of,
    stripe_page,
)
from tests.stripe import ACCEPTED, REFUND_FAILS_LATER

__all__ = ["booking", "mentor", "payout", "skill", "stripe_page"]
pytestmark = pytest.mark.usefixtures("outbox")


def live_through(user: User) -> None:
    """Closed now; then the days go by, with the books read on each."""
    closed_at = clock.now()
    closings.close_account(user=user, password=PASSWORD, now=closed_at)
    follow(closed_at)
    for number in (14, 15, 16):
        sweep(closed_at + days(number))
        assert books_wrong() == []
    user.refresh_from_db()
    assert user.erased_at is not None


@pytest.mark.requirement("K-34", "ST-23")
@pytest.mark.parametrize("card", [ACCEPTED, REFUND_FAILS_LATER])
def test_a_learner_gets_his_money_back_on_his_card(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str, card: str
) -> None:
    karim = booking.learner
    sandbox.pay(stripe_page, card)
    deliver_and_handle(client, sandbox)
    live_through(karim)
    assert state_of(booking) == Status.CANCELED
    assert list(Refund.objects.values_list("amount_cents", "status")) == [(PRICE, RefundStatus.SENT)]
    sandbox.pass_time()
    deliver_and_handle(client, sandbox)
    leaving.return_left_credit()
    refunds.sweep_refunds()
    failed = card == REFUND_FAILS_LATER
    # A card that gives it back is not asked again and again: the team finds the credit of a number without a name.
    assert Refund.objects.get().status == (RefundStatus.FAILED if failed else RefundStatus.SENT)
    assert balance(available(karim)) == (PRICE if failed else 0)
    assert books_wrong() == []


@pytest.mark.requirement("K-34", "ST-23")
def test_a_mentor_leaves_and_the_learner_gets_his_money_back(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    live_through(booking.mentor)
    assert state_of(booking) == Status.CANCELED
    assert balance(available(booking.learner)) == PRICE
    assert not Refund.objects.exists()


@pytest.mark.requirement("K-34", "SK-44")
def test_a_payout_still_leaves_and_the_invoice_stays(sandbox: Sandbox, mentor: User, payout: Payout) -> None:
    closed_at = payout.settlement.settled_at + timedelta(hours=1)
    closings.close_account(user=mentor, password=PASSWORD, now=closed_at)
    payouts.sweep_payouts(now=payout.settlement.settled_at + DUE)
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    sweep(closed_at + days(15))
    mentor.refresh_from_db()
    assert mentor.erased_at is not None
    invoice = Invoice.objects.get(issuer=mentor)
    assert "Claire Roux EI" in str(invoice.content)
    assert balance(pending(mentor)) == 0
    assert books_wrong() == []


def test_who_was_never_paid_leaves_no_seller_behind(sandbox: Sandbox, claire: User) -> None:
    live_through(claire)
    assert not BillingProfile.objects.exists()
    assert not ConnectedAccount.objects.exists()
