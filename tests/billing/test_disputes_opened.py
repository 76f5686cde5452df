"""Card disputes that open, from the inquiry on: what they take, whom they freeze, who is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from billing.errors import CreditFrozen
from billing.gateway import CardDispute, get_gateway
from billing.ledger import balance
from billing.ledger.accounts import DISPUTE, DISPUTE_FEES, STRIPE
from billing.models import Dispute, LedgerTransaction, TopUp
from billing.services import disputes
from billing.services.debts import Freeze, freeze_of
from billing.services.holds import extend_hold, place_hold
from billing.services.refunds import request_refund
from billing.states import DisputeStatus
from billing.waiting import disputes_to_answer
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.disputed import FEE, kinds_told, learner, read, top_up
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left

__all__ = ["learner", "top_up"]

pytestmark = pytest.mark.django_db


# --- opened ---


def test_an_open_dispute_takes_amount_and_fee_and_freezes_the_credit(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    before = balance(STRIPE)
    dispute = read(sandbox.open_dispute(top_up.charge_id, reason="product_not_received"))
    assert (dispute.status, dispute.amount_cents, dispute.fee_cents) == (DisputeStatus.OPEN, 10_000, FEE)
    assert (dispute.reason, dispute.top_up) == ("product_not_received", top_up)
    assert dispute.evidence_due_by
    assert dispute.evidence_due_by > timezone.now()
    assert (balance(DISPUTE), balance(DISPUTE_FEES), before - balance(STRIPE)) == (10_000, FEE, 12_000)
    assert freeze_of(learner) == Freeze(disputes=1, owed_cents=0)
    with pytest.raises(CreditFrozen):
        place_hold(learner=learner, reference="booking:next", amount_cents=1_000)
    with pytest.raises(CreditFrozen):
        request_refund(user=learner, amount_cents=1_000)
    with pytest.raises(CreditFrozen):
        pay_by_card(sandbox, learner, "booking:next", 1_000)
    assert credit_left(learner) == 10_000
    assert books_wrong() == []


def test_the_team_sees_a_dispute_until_its_proofs_are_late(sandbox: Sandbox, top_up: TopUp) -> None:
    dispute = read(sandbox.open_dispute(top_up.charge_id))
    assert list(disputes_to_answer()) == [dispute]
    Dispute.objects.update(evidence_due_by=timezone.now() - timedelta(seconds=1))
    assert list(disputes_to_answer()) == []
    Dispute.objects.update(evidence_due_by=None)
    assert list(disputes_to_answer()) == [dispute]
    Dispute.objects.update(status=DisputeStatus.WON)
    assert list(disputes_to_answer()) == []


def test_a_placed_hold_is_not_extended_while_a_dispute_is_open(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    read(sandbox.open_dispute(top_up.charge_id))
    with pytest.raises(CreditFrozen):
        extend_hold(learner=learner, reference="booking:a", amount_cents=1_000, number=2)


def test_the_learner_is_told_once_however_often_the_news_comes(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    for _time in range(3):
        read(dispute_id)
    assert kinds_told(learner) == ["billing.dispute_opened"]
    email = Email.objects.get(kind="billing.dispute_opened", recipient=learner)
    for body in (email.body_text, email.body_html):
        assert "100,00\u00a0€" in body
        assert "suspendu" in body
        assert "/credit/" in body
    assert Dispute.objects.count() == 1
    assert LedgerTransaction.objects.filter(kind="dispute_opened").count() == 1


def test_only_the_evidence_date_and_the_reason_follow_stripe_once_it_is_open(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    found = get_gateway().retrieve_dispute(sandbox.open_dispute(top_up.charge_id))
    disputes.apply_dispute(found)
    later = found.evidence_due_by and found.evidence_due_by + timedelta(days=5)
    changed = CardDispute(**{**vars(found), "evidence_due_by": later, "amount_cents": 1, "reason": "general"})
    dispute = disputes.apply_dispute(changed)
    assert (dispute.evidence_due_by, dispute.reason, dispute.amount_cents) == (later, "general", 10_000)


def test_a_dispute_of_a_payment_that_is_not_ours_is_refused(sandbox: Sandbox, top_up: TopUp) -> None:
    found = get_gateway().retrieve_dispute(sandbox.open_dispute(top_up.charge_id))
    for charge_id in ("ch_unknown", ""):
        with pytest.raises(disputes.UnknownCharge):
            disputes.apply_dispute(CardDispute(**{**vars(found), "charge_id": charge_id}))
    assert not Dispute.objects.exists()


# --- the inquiry ---


def test_an_inquiry_moves_no_money_and_freezes_nothing(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    assert read(dispute_id).status == DisputeStatus.INQUIRY
    assert freeze_of(learner) is None
    sandbox.close_inquiry(dispute_id)
    closed = read(dispute_id)
    assert closed.status == DisputeStatus.CLOSED
    assert closed.closed_at
    assert not LedgerTransaction.objects.filter(kind__startswith="dispute").exists()
    assert kinds_told(learner) == []
    assert books_wrong() == []


def test_an_inquiry_becomes_a_dispute(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    read(dispute_id)
    sandbox.escalate_inquiry(dispute_id)
    opened = read(dispute_id)
    assert (opened.status, opened.fee_cents, balance(DISPUTE)) == (DisputeStatus.OPEN, FEE, 10_000)
    sandbox.answer_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.OPEN
    sandbox.win_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.WON
    assert books_wrong() == []
