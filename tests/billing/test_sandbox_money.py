"""Money that comes back at the stand-in: disputes, refunds that fail, reversals, our own bank, fees told late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from billing.gateway import DisputeState, RefundState, Refused, TransferOrder, get_gateway
from billing.gateway.client import Gateway
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.client import SandboxClient
from stripe_sandbox.errors import Refusal
from stripe_sandbox.faults import ANY_EVENT
from tests.billing.test_gateway import make_account, make_order, pay
from tests.stripe import ACCEPTED, ASKED_ABOUT, AT_ONCE, DISPUTED, REFUND_COMES_LATE, REFUND_FAILS_LATER

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def gateway(sandbox: Sandbox) -> Gateway:
    return get_gateway()


def news(sandbox: Sandbox) -> list[str]:
    """The types of the events that wait; they are taken."""
    waiting, sandbox.outbox = sandbox.outbox, []
    return [event.type for event in waiting]


def lines(gateway: Gateway, *kinds: str) -> list[tuple[str, int, int, str]]:
    rows = reversed(gateway.balance_movements(since=LONG_AGO))
    return [(row.kind, row.amount_cents, row.fee_cents, row.source) for row in rows if row.kind in kinds]


# --- disputes ---


def test_a_dispute_withdraws_the_amount_and_a_fee(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    news(sandbox)
    name = sandbox.open_dispute(charge, reason="product_not_received")
    assert news(sandbox) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    found = gateway.retrieve_dispute(name)
    assert (found.state, found.charge_id, found.amount_cents) == (DisputeState.OPEN, charge, 6000)
    assert (found.fee_cents, found.reason) == (2000, "product_not_received")
    assert found.evidence_due_by
    assert found.evidence_due_by - found.opened_at == timedelta(days=9)
    assert lines(gateway, "adjustment") == [("adjustment", -6000, 2000, name)]
    assert gateway.list_disputes(since=LONG_AGO) == [found]
    assert gateway.list_disputes(since=datetime.now(UTC) + timedelta(hours=1)) == []


def test_a_dispute_won_gives_the_amount_back_but_not_the_fee(gateway: Gateway, sandbox: Sandbox) -> None:
    name = sandbox.open_dispute(pay(gateway, sandbox))
    sandbox.answer_dispute(name)
    assert gateway.retrieve_dispute(name).state == DisputeState.OPEN
    news(sandbox)
    sandbox.win_dispute(name)
    assert news(sandbox) == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    won = gateway.retrieve_dispute(name)
    assert (won.state, won.amount_cents, won.fee_cents) == (DisputeState.WON, 6000, 2000)
    assert lines(gateway, "adjustment") == [("adjustment", -6000, 2000, name), ("adjustment", 6000, 0, name)]


def test_a_dispute_lost_is_closed_with_nothing_given_back_until_an_appeal(gateway: Gateway, sandbox: Sandbox) -> None:
    name = sandbox.open_dispute(pay(gateway, sandbox))
    news(sandbox)
    sandbox.lose_dispute(name)
    assert news(sandbox) == ["charge.dispute.closed"]
    assert gateway.retrieve_dispute(name).state == DisputeState.LOST
    assert lines(gateway, "adjustment") == [("adjustment", -6000, 2000, name)]
    with pytest.raises(Refusal):
        sandbox.lose_dispute(name)
    sandbox.win_dispute(name)
    assert gateway.retrieve_dispute(name).state == DisputeState.WON
    assert lines(gateway, "adjustment") == [("adjustment", -6000, 2000, name), ("adjustment", 6000, 0, name)]
    with pytest.raises(Refusal):
        sandbox.win_dispute(name)


def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    news(sandbox)
    name = sandbox.open_inquiry(charge)
    assert news(sandbox) == ["charge.dispute.created"]
    asked = gateway.retrieve_dispute(name)
    assert (asked.state, asked.amount_cents, asked.fee_cents) == (DisputeState.INQUIRY, 6000, 0)
    assert lines(gateway, "adjustment") == []
    sandbox.answer_dispute(name)
    assert gateway.retrieve_dispute(name).state == DisputeState.INQUIRY
    sandbox.escalate_inquiry(name)
    assert news(sandbox) == ["charge.dispute.updated"] * 2 + ["charge.dispute.funds_withdrawn"]
    opened = gateway.retrieve_dispute(name)
    assert (opened.state, opened.fee_cents) == (DisputeState.OPEN, 2000)


def test_an_inquiry_may_end_without_any_dispute(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    name = sandbox.open_inquiry(charge)
    sandbox.close_inquiry(name)
    assert gateway.retrieve_dispute(name).state == DisputeState.CLOSED
    assert sandbox.open_dispute(charge) != name


def test_a_payment_is_disputed_once_and_for_what_is_left_of_it(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    gateway.refund(charge_id=charge, amount_cents=1000, reference="rf1", key="refund:1")
    name = sandbox.open_dispute(charge)
    assert gateway.retrieve_dispute(name).amount_cents == 5000
    with pytest.raises(Refusal):
        sandbox.open_dispute(charge)


def test_a_disputed_payment_is_neither_refunded_nor_sent_to_a_mentor(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    name = sandbox.open_dispute(charge)
    order = TransferOrder(1000, account, charge, "Python", {})
    for number, close in enumerate((sandbox.answer_dispute, sandbox.lose_dispute)):
        with pytest.raises(Refused) as refusal:
            gateway.refund(charge_id=charge, amount_cents=1000, reference="rf1", key=f"refund:{number}")
        assert refusal.value.code == "charge_disputed"
        with pytest.raises(Refused) as refusal:
            gateway.transfer(order, key=f"payout:{number}")
        assert refusal.value.code == "charge_disputed"
        close(name)


def test_a_payment_whose_dispute_was_won_is_used_again(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    sandbox.win_dispute(sandbox.open_dispute(charge))
    assert gateway.transfer(TransferOrder(1000, account, charge, "Python", {}), key="payout:1").amount_cents == 1000
    refund = gateway.refund(charge_id=charge, amount_cents=1000, reference="rf1", key="refund:1")
    assert refund.state == RefundState.SUCCEEDED


@pytest.mark.parametrize(("number", "state"), [(DISPUTED, DisputeState.OPEN), (ASKED_ABOUT, DisputeState.INQUIRY)])
def test_some_cards_are_disputed_some_time_after_they_paid(
    gateway: Gateway, sandbox: Sandbox, number: str, state: DisputeState
) -> None:
    charge = pay(gateway, sandbox, number=number)
    assert gateway.list_disputes(since=LONG_AGO) == []
    sandbox.pass_time()
    sandbox.pass_time()
    assert [(row.charge_id, row.state) for row in gateway.list_disputes(since=LONG_AGO)] == [(charge, state)]


@pytest.mark.parametrize(
    ("status", "amounts", "state"),
    [
        ("prevented", [-6000], DisputeState.LOST),
        ("prevented", [], DisputeState.CLOSED),
        ("appeal_under_review", [-6000], DisputeState.OPEN),
    ],
)
def test_a_word_we_do_not_know_is_understood_by_what_the_money_did(
    gateway: Gateway, sandbox: Sandbox, status: str, amounts: list[int], state: DisputeState
) -> None:
    name = sandbox.open_inquiry(pay(gateway, sandbox))
    row = sandbox.store.get("dispute", name)
    moved = [{"object": "balance_transaction", "id": "txn_1", "amount": amount, "fee": 0} for amount in amounts]
    sandbox.store.save(row | {"status": status, "balance_transactions": moved})
    assert gateway.retrieve_dispute(name).state == state


# --- refunds ---


def test_a_refund_may_fail_days_after_it_succeeded(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    sent = gateway.refund(charge_id=charge, amount_cents=6000, reference="rf1", key="refund:1")
    news(sandbox)
    sandbox.fail_refund(sent.id)
    assert news(sandbox) == ["refund.updated", "refund.failed", "charge.refund.updated"]
    failed = gateway.retrieve_refund(sent.id)
    assert (failed.state, failed.failure_reason) == (RefundState.FAILED, "expired_or_canceled_card")
    assert failed.metadata == {"refund": "rf1"}
    assert lines(gateway, "refund", "refund_failure") == [
        ("refund", -6000, 0, sent.id),
        ("refund_failure", 6000, 0, sent.id),
    ]
    again = gateway.refund(charge_id=charge, amount_cents=6000, reference="rf2", key="refund:2")
    assert [row.state for row in gateway.list_refunds(charge_id=charge)] == [again.state, RefundState.FAILED]
    with pytest.raises(Refusal):
        sandbox.fail_refund(sent.id)


def test_some_cards_give_their_refunds_back_later(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox, number=REFUND_FAILS_LATER)
    sent = gateway.refund(charge_id=charge, amount_cents=6000, reference="rf1", key="refund:1")
    assert sent.state == RefundState.SUCCEEDED
    sandbox.pass_time()
    assert gateway.retrieve_refund(sent.id).state == RefundState.FAILED


def test_some_cards_take_their_time_to_be_refunded(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox, number=REFUND_COMES_LATE)
    sent = gateway.refund(charge_id=charge, amount_cents=6000, reference="rf1", key="refund:1")
    assert sent.state == RefundState.PENDING
    news(sandbox)
    sandbox.pass_time()
    assert gateway.retrieve_refund(sent.id).state == RefundState.SUCCEEDED
    assert news(sandbox) == ["refund.updated", "charge.refund.updated"]
    with pytest.raises(Refusal):
        sandbox.complete_refund(sent.id)


def test_no_more_is_refunded_than_what_is_left(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    gateway.refund(charge_id=charge, amount_cents=4000, reference="rf1", key="refund:1")
    for amount, key in ((2001, "refund:2"), (0, "refund:3")):
        with pytest.raises(Refused):
            gateway.refund(charge_id=charge, amount_cents=amount, reference="rf2", key=key)
    gateway.refund(charge_id=charge, amount_cents=2000, reference="rf2", key="refund:4")
    with pytest.raises(Refused) as refusal:
        gateway.refund(charge_id=charge, amount_cents=1, reference="rf3", key="refund:5")
    assert refusal.value.code == "charge_already_refunded"


# --- transfers ---


def test_what_was_refunded_of_a_payment_is_not_sent_to_a_mentor(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    gateway.refund(charge_id=charge, amount_cents=3000, reference="rf1", key="refund:1")
    with pytest.raises(Refused) as refusal:
        gateway.transfer(TransferOrder(3001, account, charge, "Python", {}), key="payout:1")
    assert refusal.value.code == "transfer_source_exceeded"
    assert gateway.transfer(TransferOrder(3000, account, charge, "Python", {}), key="payout:2").amount_cents == 3000


def test_a_transfer_is_tied_to_a_payment_whose_movement_is_not_told_yet(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.hold_fees()
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    assert gateway.transfer(TransferOrder(3000, account, charge, "Python", {}), key="payout:1").amount_cents == 3000


# --- our own balance ---


def test_a_fee_may_be_told_late(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.hold_fees()
    checkout = gateway.create_checkout(make_order(gateway), key="topup:1")
    sandbox.pay(checkout.id, ACCEPTED)
    paid = gateway.retrieve_checkout(checkout.id).payment
    assert paid
    assert (paid.fee_cents, paid.fee_id, bool(paid.charge_id)) == (None, "", True)
    assert lines(gateway, "charge") == []
    news(sandbox)
    assert sandbox.release_fees() == 1
    assert news(sandbox) == ["charge.updated"]
    told = gateway.retrieve_payment(paid.id)
    assert told.fee_cents == 115
    assert lines(gateway, "charge") == [("charge", 6000, 115, paid.charge_id)]
    assert sandbox.release_fees() == 0


def test_our_bank_is_paid_from_what_is_available(gateway: Gateway, sandbox: Sandbox) -> None:
    pay(gateway, sandbox)
    with pytest.raises(Refusal):
        sandbox.pay_out_to_bank()
    pay(gateway, sandbox, number=AT_ONCE, cents=5000)
    name = sandbox.pay_out_to_bank(1000)
    rest = sandbox.pay_out_to_bank()
    assert lines(gateway, "payout") == [("payout", -1000, 0, name), ("payout", -3900, 0, rest)]
    assert gateway.balance().available_cents == 0


def test_stripe_bills_its_own_services(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.take_stripe_fee(250)
    assert lines(gateway, "stripe_fee") == [("stripe_fee", -250, 0, "")]


def test_the_sdk_reads_what_a_movement_is_made_of(gateway: Gateway, sandbox: Sandbox) -> None:
    name = sandbox.open_dispute(pay(gateway, sandbox))
    api = stripe.StripeClient("sk_test_x", http_client=SandboxClient(lambda: sandbox), max_network_retries=0)
    dispute = api.v1.disputes.retrieve(name)
    (line,) = dispute.balance_transactions
    assert (line.net, line.reporting_category, line.fee_details[0].type) == (-8000, "dispute", "stripe_fee")
    assert api.v1.charges.retrieve(str(dispute.charge)).disputed
    listed: Any = api.v1.balance_transactions.list({"source": name})
    assert [row.id for row in listed.data] == [line.id]


# --- events out of order ---


def test_an_event_can_come_after_the_next_one(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("charge.dispute.created", FaultKind.OUT_OF_ORDER))
    charge = pay(gateway, sandbox)
    news(sandbox)
    name = sandbox.open_dispute(charge)
    sandbox.lose_dispute(name)
    assert news(sandbox) == ["charge.dispute.funds_withdrawn", "charge.dispute.created", "charge.dispute.closed"]


def test_an_event_held_back_is_sent_when_the_faults_are_called_off(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    name = sandbox.open_dispute(charge)
    news(sandbox)
    sandbox.faults.add(Fault(ANY_EVENT, FaultKind.OUT_OF_ORDER))
    sandbox.lose_dispute(name)
    assert news(sandbox) == []
    sandbox.clear_faults()
    assert news(sandbox) == ["charge.dispute.closed"]


def test_a_fault_for_any_event_leaves_requests_alone(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(ANY_EVENT, FaultKind.NEVER))
    pay(gateway, sandbox)
    assert news(sandbox) == ["checkout.session.completed"]


def test_an_events_object_keeps_the_sandboxs_own_notes_to_itself(gateway: Gateway, sandbox: Sandbox) -> None:
    pay(gateway, sandbox)
    assert all('"_' not in event.body for event in sandbox.outbox)
