"""The gateway: our words on one side, the real SDK on the other, the sandbox behind it."""

from datetime import UTC, datetime, timedelta

import pytest
import stripe

from billing.gateway import (
    CardDeclined,
    CheckoutOrder,
    CheckoutState,
    NotFound,
    PaymentState,
    RefundState,
    Refused,
    TransferOrder,
    TransfersState,
    UnknownOutcome,
    get_gateway,
)
from billing.gateway.client import STRIPE_VERSION, Gateway, connect
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.cards import CARDS
from tests.stripe import ACCEPTED, ASKS_CONFIRMATION, AT_ONCE, DECLINED, http_client

NEVER_OFF_SESSION = "4000002760003184"


@pytest.fixture
def gateway(sandbox: Sandbox) -> Gateway:
    return get_gateway()


def make_order(gateway: Gateway, *, reference: str = "tu1", cents: int = 6000) -> CheckoutOrder:
    customer = gateway.create_customer(email="lea@example.org", name="Léa", language="fr", key="customer:1")
    return CheckoutOrder(
        client_reference=reference,
        customer_id=customer,
        amount_cents=cents,
        label="Python",
        group="booking_abc",
        success_url="http://localhost:8000/retour/",
        cancel_url="http://localhost:8000/retour/",
        expires_at=datetime.now(UTC) + timedelta(minutes=31),
    )


def pay(gateway: Gateway, sandbox: Sandbox, *, number: str = ACCEPTED, cents: int = 6000) -> str:
    """The name of a paid charge."""
    checkout = gateway.create_checkout(make_order(gateway, cents=cents), key=f"topup:{cents}")
    sandbox.pay(checkout.id, number)
    payment = gateway.retrieve_checkout(checkout.id).payment
    assert payment
    return payment.charge_id


def make_account(gateway: Gateway, sandbox: Sandbox) -> str:
    account = gateway.create_account(email="ines@example.org", name="Inès", country="FR", key="account:1")
    sandbox.settle_account(account.id)
    return account.id


def test_the_version_is_pinned_to_the_one_the_sdk_was_written_for() -> None:
    assert stripe.api_version == STRIPE_VERSION


def test_a_paid_page_tells_its_payment_charge_and_fee(gateway: Gateway, sandbox: Sandbox) -> None:
    checkout = gateway.create_checkout(make_order(gateway), key="topup:1")
    assert (checkout.state, checkout.payment) == (CheckoutState.OPEN, None)
    assert checkout.url.startswith("http://stripe.test/c/pay/cs_test_")
    sandbox.pay(checkout.id, ACCEPTED)
    paid = gateway.retrieve_checkout(checkout.id)
    assert (paid.state, paid.client_reference) == (CheckoutState.COMPLETE, "tu1")
    assert paid.payment
    assert paid.payment.state == PaymentState.SUCCEEDED
    assert paid.payment.amount_cents == 6000
    assert paid.payment.fee_cents == 115
    assert paid.payment.charge_id.startswith("ch_")
    assert gateway.retrieve_payment(paid.payment.id) == paid.payment


def test_asking_twice_with_one_key_makes_one_page(gateway: Gateway) -> None:
    order = make_order(gateway)
    assert gateway.create_checkout(order, key="topup:1").id == gateway.create_checkout(order, key="topup:1").id


def test_one_key_for_two_requests_is_an_unknown_outcome(gateway: Gateway) -> None:
    gateway.create_checkout(make_order(gateway), key="topup:1")
    with pytest.raises(UnknownOutcome):
        gateway.create_checkout(make_order(gateway, cents=7000), key="topup:1")


def test_a_refused_card_leaves_the_page_open_and_says_why(gateway: Gateway, sandbox: Sandbox) -> None:
    checkout = gateway.create_checkout(make_order(gateway), key="topup:1")
    sandbox.pay(checkout.id, DECLINED)
    after = gateway.retrieve_checkout(checkout.id)
    assert after.state == CheckoutState.OPEN
    assert after.payment
    assert (after.payment.state, after.payment.decline_code) == (PaymentState.REQUIRES_CARD, "generic_decline")


def test_a_confirmation_by_the_bank_is_waited_for(gateway: Gateway, sandbox: Sandbox) -> None:
    checkout = gateway.create_checkout(make_order(gateway), key="topup:1")
    sandbox.pay(checkout.id, ASKS_CONFIRMATION)
    waiting = gateway.retrieve_checkout(checkout.id).payment
    assert waiting
    assert waiting.state == PaymentState.REQUIRES_ACTION
    sandbox.confirm(checkout.id, is_accepted=True)
    assert gateway.retrieve_checkout(checkout.id).state == CheckoutState.COMPLETE


def test_a_closed_page_cannot_be_closed_again(gateway: Gateway) -> None:
    checkout = gateway.create_checkout(make_order(gateway), key="topup:1")
    gateway.expire_checkout(checkout.id)
    assert gateway.retrieve_checkout(checkout.id).state == CheckoutState.EXPIRED
    with pytest.raises(Refused):
        gateway.expire_checkout(checkout.id)


def test_a_saved_card_pays_an_extension(gateway: Gateway, sandbox: Sandbox) -> None:
    order = make_order(gateway)
    checkout = gateway.create_checkout(order, key="topup:1")
    sandbox.pay(checkout.id, ACCEPTED)
    first = gateway.retrieve_checkout(checkout.id).payment
    assert first
    second = gateway.charge_saved_card(
        customer_id=order.customer_id,
        payment_method_id=first.payment_method_id,
        amount_cents=1500,
        label="Prolongation",
        group="booking_abc",
        top_up="tu2",
        key="topup:2",
    )
    assert (second.state, second.amount_cents, second.metadata) == (PaymentState.SUCCEEDED, 1500, {"top_up": "tu2"})


def test_a_saved_card_whose_bank_wants_its_holder_is_declined(gateway: Gateway, sandbox: Sandbox) -> None:
    order = make_order(gateway)
    checkout = gateway.create_checkout(order, key="topup:1")
    sandbox.pay(checkout.id, NEVER_OFF_SESSION)
    sandbox.confirm(checkout.id, is_accepted=True)
    first = gateway.retrieve_checkout(checkout.id).payment
    assert first
    with pytest.raises(CardDeclined) as refusal:
        gateway.charge_saved_card(
            customer_id=order.customer_id,
            payment_method_id=first.payment_method_id,
            amount_cents=1500,
            label="Prolongation",
            group="booking_abc",
            top_up="tu2",
            key="topup:2",
        )
    assert refusal.value.needs_authentication
    assert refusal.value.payment_id.startswith("pi_")


def test_a_transfer_is_tied_to_its_charge_and_found_in_its_group(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    order = TransferOrder(3760, account, charge, "Python", {"part": "7"})
    sent = gateway.transfer(order, key="payout:1:7:1")
    assert (sent.amount_cents, sent.destination) == (3760, account)
    assert gateway.list_transfers(group="booking_abc") == [sent]
    assert gateway.transfer(order, key="payout:1:7:1") == sent


def test_a_transfer_above_its_charge_is_refused_with_its_code(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    with pytest.raises(Refused) as refusal:
        gateway.transfer(TransferOrder(6001, account, charge, "Python", {}), key="payout:1")
    assert refusal.value.code == "transfer_source_exceeded"


def test_money_given_back_and_money_taken_back(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    sent = gateway.transfer(TransferOrder(3760, account, charge, "Python", {}), key="payout:1")
    back = gateway.reverse_transfer(sent.id, amount_cents=800, reference="rv1", key="reverse:1")
    assert (back.amount_cents, back.metadata) == (800, {"reversal": "rv1"})
    assert gateway.list_reversals(sent.id) == [back]
    assert gateway.list_transfers(group="booking_abc")[0].reversed_cents == 800
    refund = gateway.refund(charge_id=charge, amount_cents=1000, reference="rf1", key="refund:1")
    assert (refund.state, refund.charge_id, refund.metadata) == (RefundState.SUCCEEDED, charge, {"refund": "rf1"})
    assert gateway.retrieve_refund(refund.id) == refund
    assert gateway.list_refunds(charge_id=charge) == [refund]
    with pytest.raises(Refused):
        gateway.refund(charge_id=charge, amount_cents=6000, reference="rf2", key="refund:2")


def test_what_stripe_does_not_know_cannot_be_looked_at(gateway: Gateway) -> None:
    for look in (gateway.retrieve_refund, gateway.retrieve_dispute, gateway.list_reversals, gateway.retrieve_payment):
        with pytest.raises(NotFound):
            look("xx_nothing")


def test_a_learners_payments_are_found_again_with_their_card(gateway: Gateway, sandbox: Sandbox) -> None:
    order = make_order(gateway)
    checkout = gateway.create_checkout(order, key="topup:1")
    sandbox.pay(checkout.id, ACCEPTED)
    paid = gateway.retrieve_checkout(checkout.id).payment
    assert paid
    assert (paid.card_brand, paid.card_last4) == ("visa", "4242")
    now = datetime.now(UTC)
    assert gateway.find_payments(customer_id=order.customer_id, since=now - timedelta(hours=1)) == [paid]
    assert gateway.find_payments(customer_id=order.customer_id, since=now + timedelta(hours=1)) == []
    assert gateway.find_payments(customer_id="cus_other", since=now - timedelta(hours=1)) == []


def test_a_transfer_from_the_balance_names_no_charge_and_joins_its_group(gateway: Gateway, sandbox: Sandbox) -> None:
    pay(gateway, sandbox, number=AT_ONCE)
    account = make_account(gateway, sandbox)
    order = TransferOrder(3760, account, "", "Python", {"part": "7"}, group="booking_xyz")
    sent = gateway.transfer(order, key="payout:1:7:2")
    assert gateway.list_transfers(group="booking_xyz") == [sent]
    with pytest.raises(Refused) as refusal:
        gateway.transfer(order, key="payout:2")
    assert refusal.value.code == "balance_insufficient"


def test_a_reversal_is_refused_when_the_mentor_took_the_money_out(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    sent = gateway.transfer(TransferOrder(3760, account, charge, "Python", {}), key="payout:1")
    sandbox.empty_account(account)
    with pytest.raises(Refused):
        gateway.reverse_transfer(sent.id, amount_cents=800, reference="rv1", key="reverse:1")


def test_an_account_goes_from_started_to_active(gateway: Gateway, sandbox: Sandbox) -> None:
    account = gateway.create_account(email="ines@example.org", name="Inès", country="FR", key="account:1")
    assert (account.transfers, account.awaits_owner) == (TransfersState.RESTRICTED, True)
    assert account.requirements_due
    link = gateway.create_account_link(account_id=account.id, return_url="http://x/a/", refresh_url="http://x/b/")
    again = gateway.create_account_link(account_id=account.id, return_url="http://x/a/", refresh_url="http://x/b/")
    assert link != again
    sandbox.settle_account(account.id)
    assert gateway.retrieve_account(account.id).transfers == TransfersState.ACTIVE
    assert gateway.retrieve_account(account.id).requirements_due == ()


def test_the_balance_is_net_of_fees_and_pending_at_first(gateway: Gateway, sandbox: Sandbox) -> None:
    pay(gateway, sandbox)
    balance = gateway.balance()
    assert (balance.available_cents, balance.pending_cents) == (0, 5885)
    movements = gateway.balance_movements(since=datetime.now(UTC) - timedelta(hours=1))
    assert [(row.kind, row.amount_cents, row.fee_cents) for row in movements] == [("charge", 6000, 115)]


@pytest.mark.parametrize("kind", [FaultKind.CONFLICT, FaultKind.TOO_MANY, FaultKind.BROKEN, FaultKind.NOT_REACHED])
def test_an_answer_that_says_nothing_is_an_unknown_outcome(gateway: Gateway, sandbox: Sandbox, kind: FaultKind) -> None:
    sandbox.faults.add(Fault("GET /v1/balance", kind, times=9))
    with pytest.raises(UnknownOutcome):
        gateway.balance()


def test_a_wrong_key_of_ours_says_nothing_of_the_payment(sandbox: Sandbox) -> None:
    stranger = connect(secret_key="rotated", base_url="http://stripe.test", http_client=http_client)
    with pytest.raises(UnknownOutcome):
        stranger.balance()


def test_a_short_trouble_is_ridden_out_with_the_same_key(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("POST /v1/customers", FaultKind.LOST_ANSWER, times=2))
    gateway.create_customer(email="lea@example.org", name="Léa", language="fr", key="customer:1")
    assert [key for target, key, _status in sandbox.log if target == "POST /v1/customers"] == ["customer:1"] * 3
    assert len(sandbox.store.all("customer")) == 1


def test_what_stripe_does_not_know_is_not_found(gateway: Gateway) -> None:
    with pytest.raises(NotFound):
        gateway.retrieve_checkout("cs_test_nothing")


def test_every_test_card_is_one_of_stripes_own_numbers() -> None:
    for number in CARDS:
        doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
        assert sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0
