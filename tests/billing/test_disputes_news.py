"""News of card disputes: in whatever order it comes, and when none comes at all."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client

from accounts.models import User
from billing.gateway import DisputeState, get_gateway
from billing.ledger import balance
from billing.ledger.accounts import DISPUTE, available
from billing.models import Dispute, LedgerTransaction, TopUp
from billing.services import disputes, webhooks
from billing.states import DisputeStatus
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong, read_stripe
from tests.billing.disputed import FEE, kinds_told, learner, read, top_up
from tests.billing.money import credit_left
from tests.stripe import deliver_all

__all__ = ["learner", "top_up"]

pytestmark = pytest.mark.django_db


# --- the order of the news ---


def test_lost_seen_first_ends_as_if_it_had_been_seen_open(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.lose_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.LOST
    keys = LedgerTransaction.objects.filter(kind__startswith="dispute").values_list("key", flat=True).order_by("pk")
    assert list(keys) == [f"dispute:{dispute_id}:opened", f"dispute:{dispute_id}:lost"]
    assert kinds_told(learner) == ["billing.dispute_closed"]
    assert books_wrong() == []


@pytest.mark.parametrize("end", [DisputeState.WON, DisputeState.LOST])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_readings_in_any_order_give_one_result(
    sandbox: Sandbox, learner: User, top_up: TopUp, end: DisputeState, order: tuple[int, ...]
) -> None:
    """Workers read at one moment and write at another."""
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    readings = [get_gateway().retrieve_dispute(dispute_id)]
    sandbox.escalate_inquiry(dispute_id)
    readings.append(get_gateway().retrieve_dispute(dispute_id))
    finish = sandbox.win_dispute if end == DisputeState.WON else sandbox.lose_dispute
    finish(dispute_id)
    readings.append(get_gateway().retrieve_dispute(dispute_id))
    for index in (*order, *order):
        disputes.apply_dispute(readings[index])
    dispute = Dispute.objects.get()
    assert dispute.status == end.value
    assert (dispute.amount_cents, dispute.fee_cents, balance(DISPUTE)) == (10_000, FEE, 0)
    assert credit_left(learner) == (10_000 if end == DisputeState.WON else 0)
    assert LedgerTransaction.objects.filter(kind__startswith="dispute").count() == 2
    assert books_wrong() == []


def test_the_webhook_reads_the_dispute_back(client: Client, sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    deliver_all(client, sandbox)
    webhooks.handle_due()
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.win_dispute(dispute_id)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert Dispute.objects.get().status == DisputeStatus.WON
    assert balance(available(learner)) == 10_000
    assert books_wrong() == []


# --- without any webhook ---


@pytest.mark.parametrize("end", [DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST])
def test_a_dispute_nobody_told_us_about_is_found_in_the_balance(
    sandbox: Sandbox, learner: User, top_up: TopUp, end: DisputeStatus
) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    if end == DisputeStatus.WON:
        sandbox.win_dispute(dispute_id)
    if end == DisputeStatus.LOST:
        sandbox.lose_dispute(dispute_id)
    assert books_wrong() == []
    assert Dispute.objects.get().status == end


def test_the_end_of_an_old_dispute_is_asked_for(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    read_stripe()
    sandbox.lose_dispute(dispute_id)
    tomorrow = clock.now() + timedelta(days=1)
    assert disputes.read_disputes(since=tomorrow) == 1
    assert Dispute.objects.get().status == DisputeStatus.LOST
    assert disputes.read_disputes(since=tomorrow) == 0


def test_a_dispute_stripe_does_not_answer_about_waits(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.faults.add(Fault("GET /v1/disputes", FaultKind.BROKEN, times=3))
    assert not disputes.read_dispute(dispute_id, now=clock.now())
    assert disputes.read_dispute(dispute_id, now=clock.now())
