"""Stories of money that comes back: a refund fails, a bank disputes, a reversal is refused."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import DISPUTE, available, pending, receivable, recoverable
from billing.models import Dispute, Payout, Refund, TopUp, TransferReversal
from billing.services import payments, refunds, reversals
from billing.services.adjustments import adjust
from billing.services.credit import start_debt_payment
from billing.states import DisputeStatus, PayoutStatus, RefundStatus, ReversalStatus
from core import clock
from notifications.models import Email
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests import people
from tests.billing.books import books_wrong
from tests.billing.stories import (
    EVERY_EVENT,
    NET,
    PRICE,
    agree,
    booking,
    check_sent_once,
    deliver_and_handle,
    give,
    mentor,
    payout,
    returned,
    skill,
    stripe_page,
    sweep,
)
from tests.bookings.making import url
from tests.stripe import ACCEPTED, AT_ONCE, session_of

__all__ = ["booking", "mentor", "payout", "returned", "skill", "stripe_page"]

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SK-61")]


def test_a_refund_fails_later(client: Client, sandbox: Sandbox, karim: User, returned: Refund) -> None:
    assert refunds.sweep_refunds() == 1
    deliver_and_handle(client, sandbox)
    returned.refresh_from_db()
    assert (returned.status, balance(available(karim))) == (RefundStatus.SENT, 0)
    assert books_wrong() == []
    sandbox.fail_refund(returned.refund_id)
    deliver_and_handle(client, sandbox)
    assert (Refund.objects.get().status, balance(available(karim))) == (RefundStatus.FAILED, PRICE)
    assert Email.objects.filter(kind="billing.refund_failed", recipient=karim).count() == 1
    assert books_wrong() == []


@pytest.mark.parametrize("end", [DisputeStatus.WON, DisputeStatus.LOST])
def test_the_bank_disputes_before_the_payout(
    client: Client, sandbox: Sandbox, karim: User, payout: Payout, end: DisputeStatus
) -> None:
    fund_the_platform(client, sandbox)
    dispute_id = sandbox.open_dispute(TopUp.objects.get(user=karim).charge_id)
    deliver_and_handle(client, sandbox)
    assert sweep(payout) == PayoutStatus.SUSPENDED
    assert sandbox.store.all("transfer") == []
    assert books_wrong() == []
    finish = {DisputeStatus.WON: sandbox.win_dispute, DisputeStatus.LOST: sandbox.lose_dispute}[end]
    finish(dispute_id)
    deliver_and_handle(client, sandbox)
    # After a lost one Stripe refuses the charge that paid: the platform's balance pays the mentor all the same.
    for hours in (49, 51):
        sweep(payout, after=timedelta(hours=hours))
    assert (balance(DISPUTE), balance(receivable(karim))) == (0, PRICE if end == DisputeStatus.LOST else 0)
    check_sent_once(sandbox, payout)


def fund_the_platform(client: Client, sandbox: Sandbox) -> None:
    """Money that is available at Stripe at once, of somebody who takes no part in the story."""
    nadia = people.member("Nadège", "Faure")
    started = payments.start_payment(
        payer=nadia,
        reference="booking:others",
        total_cents=20_000,
        shown_cents=20_000,
        label="Python",
        closes_at=clock.now() + timedelta(minutes=30),
        return_url="http://localhost:8000/retour/",
    )
    assert started.checkout_url
    sandbox.pay(session_of(started.checkout_url), AT_ONCE)
    deliver_and_handle(client, sandbox)


def test_the_bank_disputes_after_the_payout(client: Client, sandbox: Sandbox, karim: User, payout: Payout) -> None:
    assert sweep(payout) == PayoutStatus.PAID
    dispute_id = sandbox.open_dispute(TopUp.objects.get().charge_id)
    sandbox.lose_dispute(dispute_id)
    # The news comes backwards, and twice.
    sandbox.outbox = [*reversed(sandbox.outbox), *sandbox.outbox]
    deliver_and_handle(client, sandbox)
    assert Dispute.objects.get().status == DisputeStatus.LOST
    assert balance(receivable(karim)) == PRICE
    check_sent_once(sandbox, payout)
    started = start_debt_payment(user=karim, shown_cents=PRICE)
    assert started.checkout_url
    sandbox.pay(session_of(started.checkout_url), ACCEPTED)
    deliver_and_handle(client, sandbox)
    assert (balance(receivable(karim)), balance(available(karim))) == (0, 0)
    check_sent_once(sandbox, payout)


def test_a_dispute_nobody_tells_us_about_is_found_before_the_payout(
    sandbox: Sandbox, karim: User, payout: Payout
) -> None:
    sandbox.faults.add(Fault(EVERY_EVENT, FaultKind.NEVER, times=99))
    sandbox.open_dispute(TopUp.objects.get().charge_id)
    assert books_wrong() == []
    assert Dispute.objects.get().status == DisputeStatus.OPEN
    assert sweep(payout) == PayoutStatus.SUSPENDED
    assert books_wrong() == []


def test_a_reversal_is_refused_and_kept_from_the_next_payout(
    client: Client, sandbox: Sandbox, karim: User, mentor: User, payout: Payout
) -> None:
    assert sweep(payout) == PayoutStatus.PAID
    sandbox.empty_account(mentor.connected_account.stripe_id)
    adjust(
        reference="complaint:1",
        subject=payout.settlement.reference,
        amount_cents=1_000,
        reason="Son coupé",
        now=clock.now(),
    )
    assert (balance(recoverable(mentor)), balance(available(karim))) == (800, 1_000)
    reversals.sweep_reversals(now=clock.now())
    assert TransferReversal.objects.get().status == ReversalStatus.REFUSED
    assert balance(recoverable(mentor)) == 800
    assert books_wrong() == []
    later = agree(karim, mentor, days=9)
    address = client.post(url(later, "payment"), {"shown_cents": PRICE - 1_000, "early_start": "on"})["Location"]
    sandbox.pay(session_of(address), ACCEPTED)
    deliver_and_handle(client, sandbox)
    following = give(later)
    # Part of it is funded by the first charge, all of which is with the mentor still: the platform's balance pays.
    fund_the_platform(client, sandbox)
    for hours in (48, 50):
        sweep(following, after=timedelta(hours=hours))
    assert following.status == PayoutStatus.PAID
    assert (following.set_off_cents, following.to_send_cents) == (800, NET - 800)
    assert sum(row["amount"] for row in sandbox.store.all("transfer")) == NET + NET - 800
    assert (balance(recoverable(mentor)), balance(pending(mentor))) == (0, 0)
    assert books_wrong() == []
