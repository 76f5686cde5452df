"""What a learner owes freezes his credit, and is paid by the first euro that comes back to it."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from billing.errors import CreditFrozen
from billing.ledger import balance, credit, debit, lock_account, post
from billing.ledger.accounts import DISPUTE, STRIPE, available, receivable
from billing.models import Dispute, LedgerTransaction, TopUp
from billing.reconciliation import run_checks
from billing.services.debts import Freeze, check_not_frozen, collect, freeze_of
from billing.states import DisputeStatus
from tests.billing.money import NOON, credit_left, make_member, pay_in

pytestmark = pytest.mark.django_db


def owe(learner: User, cents: int) -> None:
    """A lost dispute on money that is spent."""
    post(
        key="dispute:dp_1:opened", kind="dispute", legs=[debit(DISPUTE, cents), credit(STRIPE, cents)], occurred_at=NOON
    )
    legs = [debit(receivable(learner), cents), credit(DISPUTE, cents)]
    post(key="dispute:dp_1:lost", kind="dispute", legs=legs, occurred_at=NOON)


def dispute(top_up: TopUp, status: DisputeStatus) -> Dispute:
    return Dispute.objects.create(
        stripe_id=f"dp_{status}", top_up=top_up, amount_cents=1_000, status=status, opened_at=NOON
    )


@transaction.atomic
def collected(learner: User, key: str = "settle:booking:a") -> int:
    lock_account(available(learner))
    return collect(learner=learner, key=key, now=NOON + timedelta(hours=1))


def test_a_learner_who_owes_nothing_is_not_frozen() -> None:
    learner = make_member()
    pay_in(learner, 5_000)
    assert freeze_of(learner) is None
    check_not_frozen(learner)
    assert collected(learner) == 0
    assert credit_left(learner) == 5_000


@pytest.mark.parametrize("status", [DisputeStatus.INQUIRY, DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED])
def test_only_an_open_dispute_freezes(status: DisputeStatus) -> None:
    learner = make_member()
    dispute(pay_in(learner, 5_000), status)
    assert freeze_of(learner) is None


def test_an_open_dispute_freezes_its_learner_alone_and_leaves_nothing_to_pay() -> None:
    learner, other = make_member(), make_member()
    dispute(pay_in(learner, 5_000), DisputeStatus.OPEN)
    freeze = freeze_of(learner)
    assert freeze == Freeze(disputes=1, owed_cents=0)
    assert not freeze.can_repay
    with pytest.raises(CreditFrozen):
        check_not_frozen(learner)
    check_not_frozen(other)


def test_a_debt_freezes_and_is_paid_from_credit_as_far_as_it_goes() -> None:
    learner = make_member()
    owe(learner, 3_000)
    assert freeze_of(learner) == Freeze(disputes=0, owed_cents=3_000)
    oldest = pay_in(learner, 1_200)
    assert collected(learner) == 1_200
    assert freeze_of(learner) == Freeze(disputes=0, owed_cents=1_800)
    later = pay_in(learner, 2_000, at=NOON + timedelta(hours=2))
    assert collected(learner, "topup:2") == 1_800
    assert freeze_of(learner) is None
    assert credit_left(learner) == 200
    oldest.refresh_from_db()
    later.refresh_from_db()
    assert (oldest.free_cents, oldest.lost_cents, later.free_cents, later.lost_cents) == (0, 1_200, 200, 1_800)
    assert [check for check in run_checks() if check.rows] == []


def test_a_debt_is_paid_once_for_each_key() -> None:
    learner = make_member()
    owe(learner, 3_000)
    pay_in(learner, 1_000)
    assert [collected(learner), collected(learner)] == [1_000, 0]
    assert LedgerTransaction.objects.filter(kind="repay").count() == 1
    assert balance(receivable(learner)) == 2_000
