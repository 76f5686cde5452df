"""The database was restored from a backup older than what Stripe has done since: money still leaves once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from billing.models import Refund, TopUp, TransferReversal
from billing.services import payments, reversals
from billing.services.adjustments import adjust
from billing.services.credit import start_credit_top_up
from billing.services.refunds import request_refund, sweep_refunds
from billing.states import PayoutStatus, RefundStatus, ReversalStatus
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import DUE, activate, earn, sweep, transfers
from tests.billing.money import make_member, make_mentor
from tests.stripe import ACCEPTED, session_of

# Stripe keeps the keys of questions for a day.
LATER = timedelta(days=2)


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


@contextmanager
def lost(sandbox: Sandbox) -> Iterator[None]:
    """What our rows say of it is gone afterwards; Stripe knows it, without the keys it was asked with."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    sandbox.store.forget_answers()


@pytest.mark.django_db
def test_a_payout_that_was_sent_is_found_and_not_sent_again(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    with lost(sandbox):
        assert sweep(payout).status == PayoutStatus.PAID
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.SCHEDULED
    assert sweep(payout, after=DUE + LATER).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]
    assert books_wrong() == []


@pytest.mark.django_db
def test_a_refund_that_was_made_is_found_and_not_made_again(sandbox: Sandbox) -> None:
    learner = make_member()
    started = start_credit_top_up(user=learner, amount_cents=5_000)
    sandbox.pay(session_of(started.checkout_url or ""), ACCEPTED)
    payments.refresh(TopUp.objects.get(user=learner))
    request_refund(user=learner, amount_cents=5_000)
    with lost(sandbox):
        assert sweep_refunds() == 1
    assert Refund.objects.get().status == RefundStatus.DUE
    assert sweep_refunds(now=clock.now() + LATER) == 1
    assert len(sandbox.store.all("refund")) == 1
    assert books_wrong() == []


@pytest.mark.django_db
def test_what_was_taken_back_is_found_and_not_taken_again(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor))
    later = payout.settlement.settled_at + DUE
    adjust(reference="complaint:1", subject=payout.settlement.reference, amount_cents=1000, reason="retard", now=later)
    with lost(sandbox):
        assert reversals.sweep_reversals(now=later) == 800
    assert TransferReversal.objects.get().status == ReversalStatus.DUE
    assert reversals.sweep_reversals(now=later + LATER) == 800
    assert transfers(sandbox) == [4000]
    assert books_wrong() == []
