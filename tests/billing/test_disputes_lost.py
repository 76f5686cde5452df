"""Card disputes that are lost: what they take, the debt they leave, and the mentors who are paid all the same."""

from datetime import timedelta

import pytest

from accounts.models import User
from billing.errors import CreditFrozen
from billing.ledger import balance
from billing.ledger.accounts import DISPUTE, pending, receivable
from billing.models import Payout, PayoutPart, TopUp
from billing.services import payments
from billing.services.credit import start_debt_payment
from billing.services.debts import Freeze, freeze_of
from billing.services.holds import place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.services.settlements import release_hold, settle
from billing.states import DisputeStatus, PayoutStatus
from notifications.models import Email
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.disputed import DUE, give_session, learner, lose, mentor, read, sweep, top_up
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left, make_member, make_terms
from tests.stripe import ACCEPTED, AT_ONCE, session_of

__all__ = ["learner", "mentor", "top_up"]

pytestmark = pytest.mark.django_db


def fund_the_platform(sandbox: Sandbox) -> None:
    """Money of others that is available at once: a payout that no charge funds is taken from the balance."""
    pay_by_card(sandbox, make_member("Nadia", "Faure"), "booking:others", 50_000, card=AT_ONCE)


def test_a_lost_dispute_takes_what_is_left_of_the_disputed_payment_first(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    later = pay_by_card(sandbox, learner, "booking:second", 4_000)
    dispute_id = sandbox.open_dispute(later.charge_id)
    read(dispute_id)
    sandbox.lose_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.LOST
    later.refresh_from_db()
    assert (later.lost_cents, later.free_cents, credit_left(learner)) == (4_000, 0, 10_000)
    assert (balance(DISPUTE), balance(receivable(learner))) == (0, 0)
    assert freeze_of(learner) is None
    email = Email.objects.get(kind="billing.dispute_closed", recipient=learner)
    assert "40,00\u00a0€" in email.subject
    assert "de nouveau disponible" in email.body_text
    # The other payment can still be refunded to its card.
    request_refund(user=learner, amount_cents=10_000)
    sweep_refunds()
    assert [row["amount"] for row in sandbox.store.all("refund")] == [10_000]
    assert books_wrong() == []


def test_a_lost_dispute_larger_than_the_credit_leaves_a_debt_that_the_learner_pays(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    payout = give_session(learner, mentor, "booking:a")
    assert sweep(payout) == PayoutStatus.PAID
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    read(dispute_id)
    sandbox.lose_dispute(dispute_id)
    read(dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 6_000)
    assert freeze_of(learner) == Freeze(disputes=0, owed_cents=6_000)
    assert "60,00\u00a0€" in Email.objects.get(kind="billing.dispute_closed").body_text
    with pytest.raises(CreditFrozen):
        pay_by_card(sandbox, learner, "booking:next", 1_000)
    assert books_wrong() == []
    started = start_debt_payment(user=learner, shown_cents=6_000)
    assert started.checkout_url
    sandbox.pay(session_of(started.checkout_url), ACCEPTED)
    payments.refresh(TopUp.objects.get(user=learner, status="open"))
    assert freeze_of(learner) is None
    assert (credit_left(learner), balance(receivable(learner))) == (0, 0)
    place = pay_by_card(sandbox, learner, "booking:next", 1_000)
    assert place.free_cents == 1_000
    assert books_wrong() == []


def test_one_payment_behind_many_bookings_is_disputed_after_a_partial_refund(
    sandbox: Sandbox, learner: User, mentor: User
) -> None:
    """One booking paid out, one settled, one only held; five euros refunded; everything that is left is disputed."""
    fund_the_platform(sandbox)
    top_up = pay_by_card(sandbox, learner, "booking:all", 20_000, card=AT_ONCE)
    paid_out = give_session(learner, mentor, "booking:paid-out")
    assert sweep(paid_out) == PayoutStatus.PAID
    settled = give_session(learner, mentor, "booking:settled")
    place_hold(learner=learner, reference="booking:held", amount_cents=6_000)
    request_refund(user=learner, amount_cents=500)
    sweep_refunds()
    assert books_wrong() == []

    dispute_id = sandbox.open_dispute(top_up.charge_id)
    dispute = read(dispute_id)
    assert dispute.amount_cents == 19_500
    assert sweep(settled) == PayoutStatus.SUSPENDED
    # The session that was booked before takes place: its money waits too.
    settle(terms=make_terms("booking:held", learner, mentor, seconds=1_800))
    held = Payout.objects.get(settlement__reference="booking:held")
    assert sweep(held) == PayoutStatus.SUSPENDED
    assert credit_left(learner) == 1_500 + 3_000
    assert len(sandbox.store.all("transfer")) == 1
    assert books_wrong() == []

    sandbox.lose_dispute(dispute_id)
    read(dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 15_000)
    # The mentor gave his sessions. Stripe refuses the disputed charge, the platform's balance pays, at once.
    for payout in (settled, held):
        assert sweep(payout) == PayoutStatus.PAID
        assert payout.attempts == 0
    assert balance(pending(mentor)) == 0
    assert sorted(row["amount"] for row in sandbox.store.all("transfer")) == [2_400, 4_800, 4_800]
    assert books_wrong() == []


def test_a_hold_released_after_a_lost_dispute_pays_the_debt(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.lose_dispute(dispute_id)
    read(dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 6_000)
    release_hold(reference="booking:a")
    assert (credit_left(learner), balance(receivable(learner))) == (0, 0)
    assert freeze_of(learner) is None
    assert books_wrong() == []


def test_two_disputes_of_one_learner_are_kept_apart(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    other = pay_by_card(sandbox, learner, "booking:second", 4_000)
    first_id, second_id = sandbox.open_dispute(top_up.charge_id), sandbox.open_dispute(other.charge_id, amount=1_000)
    read(first_id)
    read(second_id)
    assert (freeze_of(learner), balance(DISPUTE)) == (Freeze(disputes=2, owed_cents=0), 11_000)
    sandbox.lose_dispute(second_id)
    read(second_id)
    assert (freeze_of(learner), balance(DISPUTE)) == (Freeze(disputes=1, owed_cents=0), 10_000)
    assert credit_left(learner) == 13_000
    sandbox.win_dispute(first_id)
    read(first_id)
    assert freeze_of(learner) is None
    assert (credit_left(learner), balance(DISPUTE)) == (13_000, 0)
    assert books_wrong() == []


def test_a_second_lost_dispute_adds_to_the_debt(sandbox: Sandbox, learner: User, mentor: User) -> None:
    top_ups = [pay_by_card(sandbox, learner, f"booking:{number}", 3_000, card=AT_ONCE) for number in range(2)]
    assert sweep(give_session(learner, mentor, "booking:a")) == PayoutStatus.PAID
    for number, top_up in enumerate(top_ups, start=1):  # noqa: F402  (not the fixture)
        dispute_id = sandbox.open_dispute(top_up.charge_id)
        sandbox.lose_dispute(dispute_id)
        read(dispute_id)
        assert balance(receivable(learner)) == 3_000 * number
    assert books_wrong() == []


def test_what_a_lost_dispute_funded_leaves_at_once_without_naming_the_charge(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    """Half of a session by the disputed payment; a part that was sent before keeps its charge."""
    fund_the_platform(sandbox)
    sent = give_session(learner, mentor, "booking:sent")
    assert sweep(sent) == PayoutStatus.PAID
    other = pay_by_card(sandbox, learner, "booking:other", 2_000)
    mixed = give_session(learner, mentor, "booking:mixed")
    lose(sandbox, top_up)
    parts = PayoutPart.objects.order_by("pk").values_list("payout", "top_up", "is_from_balance")
    assert list(parts) == [(sent.pk, top_up.pk, False), (mixed.pk, top_up.pk, True), (mixed.pk, other.pk, False)]
    assert (sweep(mixed), mixed.attempts) == (PayoutStatus.PAID, 0)
    sources = [(row["source_transaction"], row["amount"]) for row in sandbox.store.all("transfer")]
    assert sorted(sources, key=str) == sorted(
        [(top_up.charge_id, 4_800), (None, 4_000), (other.charge_id, 800)], key=str
    )
    assert books_wrong() == []


def test_a_part_stripe_was_asked_for_keeps_its_question_when_the_dispute_is_lost(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    """It may have been made already: the same key must ask the same."""
    payout = give_session(learner, mentor, "booking:a")
    sandbox.faults.add(Fault("POST /v1/transfers", FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout) == PayoutStatus.IN_FLIGHT
    lose(sandbox, top_up)
    assert not payout.parts.get().is_from_balance
    assert sweep(payout, after=DUE + timedelta(hours=1)) == PayoutStatus.PAID
    assert [row["amount"] for row in sandbox.store.all("transfer")] == [4_800]
    assert books_wrong() == []
