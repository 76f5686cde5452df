"""Every way money can go wrong between Stripe, a browser, a bank and our own machines. Each story ends in balance.

A booking is agreed, paid on Stripe's page and lived through by services and pages as members and Stripe do. Workers
killed for real, by a signal, are in test_payout_kills.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import DISPUTE, available, pending, receivable, recoverable
from billing.models import (
    ConnectedAccount,
    Dispute,
    Hold,
    LedgerTransaction,
    Payout,
    Refund,
    StripeEvent,
    TopUp,
    TransferReversal,
)
from billing.services import payments, payouts, refunds, reversals, webhooks
from billing.services.adjustments import adjust
from billing.services.credit import start_debt_payment
from billing.states import DisputeStatus, PayoutStatus, RefundStatus, ReversalStatus, TopUpStatus
from bookings import services
from bookings.models import Booking
from bookings.states import Status
from catalog.models import Skill
from core import clock
from notifications.models import Email
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.errors import Refusal
from stripe_sandbox.sandbox import Request
from stripe_sandbox.store import Reply
from tests import people
from tests.billing.books import books_wrong
from tests.billing.earned import activate
from tests.bookings.making import accept, ask, url
from tests.stripe import ACCEPTED, ASKS_CONFIRMATION, AT_ONCE, DECLINED, deliver, deliver_all, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SK-61")]

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


def come_back(client: Client, booking: Booking) -> HttpResponse:
    """The browser, sent back by Stripe."""
    return client.get(url(booking, "payment_return"))  # type: ignore[return-value]


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


def check_nothing_paid(booking: Booking) -> None:
    assert not LedgerTransaction.objects.exists()
    assert not Hold.objects.exists()
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


# --- the messengers of a payment ---


def test_the_webhook_comes_before_the_redirect(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    assert state_of(booking) == Status.CONFIRMED
    assert come_back(client, booking)["Location"] == booking.get_absolute_url()
    check_paid_once(sandbox, booking)


def test_the_redirect_comes_before_the_webhook(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    assert come_back(client, booking)["Location"] == booking.get_absolute_url()
    assert state_of(booking) == Status.CONFIRMED
    deliver_and_handle(client, sandbox)
    check_paid_once(sandbox, booking)


def test_no_webhook_comes_at_all_and_the_browser_is_closed(
    sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.faults.add(Fault(EVERY_EVENT, FaultKind.NEVER, times=99))
    sandbox.pay(stripe_page, ACCEPTED)
    assert sandbox.outbox == []
    assert state_of(booking) == Status.ACCEPTED
    assert payments.sweep_payments(now=clock.now() + timedelta(minutes=2)) == 1
    check_paid_once(sandbox, booking)


def test_every_webhook_comes_twice(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> None:
    sandbox.faults.add(Fault(EVERY_EVENT, FaultKind.TWICE, times=99))
    sandbox.pay(stripe_page, ACCEPTED)
    events = list(sandbox.outbox)
    deliver_and_handle(client, sandbox)
    for event in events:
        assert deliver(client, event) == 200
    assert webhooks.handle_due() == 0
    assert len(events) == 2 * StripeEvent.objects.count()
    check_paid_once(sandbox, booking)


def test_the_webhooks_come_out_of_order(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> None:
    sandbox.pay(stripe_page, DECLINED)
    sandbox.pay(stripe_page, ACCEPTED)
    types = [event.type for event in sandbox.outbox]
    assert types.index("payment_intent.payment_failed") < types.index("payment_intent.succeeded")
    sandbox.outbox.reverse()
    for event in sandbox.outbox:
        assert deliver(client, event) == 200
        webhooks.handle_due()
    check_paid_once(sandbox, booking)


def test_the_card_is_declined_and_another_one_pays(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, DECLINED)
    deliver_and_handle(client, sandbox)
    # Stripe's page is still open: another card may be tried there.
    assert come_back(client, booking).status_code == 200
    assert state_of(booking) == Status.ACCEPTED
    check_nothing_paid(booking)
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    check_paid_once(sandbox, booking)


def test_the_card_is_declined_and_the_window_closes(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, DECLINED)
    let_the_window_close(booking)
    assert state_of(booking) == Status.PAYMENT_LAPSED
    assert TopUp.objects.get().status == TopUpStatus.EXPIRED
    with pytest.raises(Refusal):
        sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    assert come_back(client, booking)["Location"] == url(booking, "payment")
    check_nothing_paid(booking)


def let_the_window_close(booking: Booking) -> None:
    assert booking.pay_before
    assert services.lapse_payment(booking_id=booking.pk, now=booking.pay_before)
    payments.sweep_payments(now=booking.pay_before)


def test_the_question_of_the_bank_is_never_answered(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ASKS_CONFIRMATION)
    deliver_and_handle(client, sandbox)
    assert come_back(client, booking).status_code == 200
    assert payments.sweep_payments(now=clock.now() + timedelta(minutes=5)) == 0
    assert state_of(booking) == Status.ACCEPTED
    let_the_window_close(booking)
    assert state_of(booking) == Status.PAYMENT_LAPSED
    with pytest.raises(Refusal):
        sandbox.confirm(stripe_page, is_accepted=True)
    deliver_and_handle(client, sandbox)
    assert sandbox.store.all("charge") == []
    check_nothing_paid(booking)


# --- money that comes back ---


@pytest.fixture
def returned(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> Refund:
    """The session was paid and canceled, and the learner wants his money on his card."""
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    services.cancel_booking(booking=booking, by=booking.learner, reason="Malade", now=clock.now())
    (refund,) = refunds.request_refund(user=booking.learner, amount_cents=PRICE)
    return refund


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


# --- the payout ---


def test_the_account_is_restricted_between_session_and_payout(
    client: Client, sandbox: Sandbox, mentor: User, payout: Payout
) -> None:
    sandbox.restrict_account(mentor.connected_account.stripe_id)
    deliver_and_handle(client, sandbox)
    assert sweep(payout) == PayoutStatus.SCHEDULED
    assert sandbox.store.all("transfer") == []
    assert balance(pending(mentor)) == NET
    assert books_wrong() == []
    sandbox.settle_account(mentor.connected_account.stripe_id)
    deliver_and_handle(client, sandbox)
    sweep(payout, after=DUE + timedelta(hours=1))
    check_sent_once(sandbox, payout)


def test_the_answer_is_lost_after_a_transfer(sandbox: Sandbox, payout: Payout) -> None:
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout) == PayoutStatus.IN_FLIGHT
    assert len(sandbox.store.all("transfer")) == 1
    # A day later Stripe has forgotten the key: the transfer is looked for.
    sandbox.store.forget_answers()
    sweep(payout, after=DUE + timedelta(minutes=11))
    check_sent_once(sandbox, payout)


class Killed(BaseException):
    """The end of a process: nothing of ours runs after it."""


@pytest.fixture
def kill(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Let the next worker die at a call, before or after Stripe carries it out."""
    real = sandbox.request

    def at(target: str, *, is_done: bool) -> None:
        def die(request: Request) -> Reply:
            if f"{request.method.upper()} {request.path}".startswith(target):
                monkeypatch.undo()
                if is_done:
                    real(request)
                raise Killed
            return real(request)

        monkeypatch.setattr(sandbox, "request", die)

    return at


def test_the_worker_is_killed_before_the_call(sandbox: Sandbox, payout: Payout, kill: Callable[..., Any]) -> None:
    kill(TRANSFERS, is_done=False)
    with pytest.raises(Killed):
        sweep(payout)
    assert sandbox.store.all("transfer") == []
    assert sweep(payout, after=DUE + timedelta(minutes=1)) == PayoutStatus.IN_FLIGHT
    sweep(payout, after=DUE + timedelta(minutes=11))
    check_sent_once(sandbox, payout)


def test_the_worker_is_killed_after_the_call(sandbox: Sandbox, payout: Payout, kill: Callable[..., Any]) -> None:
    kill(TRANSFERS, is_done=True)
    with pytest.raises(Killed):
        sweep(payout)
    assert len(sandbox.store.all("transfer")) == 1
    assert sweep(payout, after=DUE + timedelta(minutes=1)) == PayoutStatus.IN_FLIGHT
    sweep(payout, after=DUE + timedelta(minutes=11))
    check_sent_once(sandbox, payout)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_worker_is_killed_around_a_refund(
    sandbox: Sandbox, returned: Refund, kill: Callable[..., Any], moment: str
) -> None:
    kill("POST /v1/refunds", is_done=moment == "after")
    with pytest.raises(Killed):
        refunds.sweep_refunds()
    assert len(sandbox.store.all("refund")) == (moment == "after")
    refunds.sweep_refunds(now=clock.now() + timedelta(minutes=11))
    returned.refresh_from_db()
    assert returned.status == RefundStatus.SENT
    assert [row["amount"] for row in sandbox.store.all("refund")] == [PRICE]
    assert balance(available(returned.user)) == 0
    assert books_wrong() == []


def test_the_worker_is_killed_while_it_handles_a_webhook(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str, kill: Callable[..., Any]
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_all(client, sandbox)
    kill("GET /v1/", is_done=True)
    with pytest.raises(Killed):
        webhooks.handle_due()
    webhooks.handle_due(now=clock.now() + webhooks.CLAIM)
    assert not StripeEvent.objects.filter(handled_at=None).exists()
    check_paid_once(sandbox, booking)
