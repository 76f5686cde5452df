"""From the SDK's objects to ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe.v2 import core as v2

from billing.gateway.objects import (
    Account,
    CardDispute,
    CardRefund,
    Checkout,
    CheckoutState,
    DisputeState,
    Movement,
    Payment,
    PaymentState,
    RefundState,
    Reversal,
    Transfer,
    TransfersState,
)

PAYMENT_STATES = {state.value: state for state in PaymentState} | {
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
}
REFUND_STATES = {state.value: state for state in RefundState}
DISPUTE_STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "appeal_needs_response": DisputeState.OPEN,
    "appeal_under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}


def identifier(value: Any) -> str:
    """The name of a field that Stripe gives either as a name or, when expanded, as an object."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value.id)


def metadata(value: Any) -> Mapping[str, str]:
    return dict(value.to_dict()) if value else {}


def payment(intent: stripe.PaymentIntent) -> Payment:
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    movement = charge.balance_transaction if charge else None
    known = movement if isinstance(movement, stripe.BalanceTransaction) else None
    error = intent.last_payment_error
    brand, last4 = _card(charge)
    return Payment(
        id=intent.id,
        state=PAYMENT_STATES.get(intent.status, PaymentState.OTHER),
        amount_cents=intent.amount,
        charge_id=identifier(intent.latest_charge),
        payment_method_id=identifier(intent.payment_method),
        decline_code=(error.decline_code or error.code or "") if error else "",
        fee_cents=known.fee if known else None,
        fee_id=known.id if known else "",
        card_brand=brand,
        card_last4=last4,
        metadata=metadata(intent.metadata),
    )


def _card(charge: stripe.Charge | None) -> tuple[str, str]:
    """Brand and last digits of the card that paid."""
    details = charge.payment_method_details if charge else None
    card = details.card if details else None
    return (card.brand or "", card.last4 or "") if card else ("", "")


def checkout(session: stripe.checkout.Session) -> Checkout:
    intent = session.payment_intent
    return Checkout(
        id=session.id,
        state=CheckoutState(session.status or "open"),
        url=session.url or "",
        client_reference=session.client_reference_id or "",
        payment=payment(intent) if isinstance(intent, stripe.PaymentIntent) else None,
    )


def transfer(row: stripe.Transfer) -> Transfer:
    return Transfer(
        id=row.id,
        amount_cents=row.amount,
        reversed_cents=row.amount_reversed,
        destination=identifier(row.destination),
        metadata=metadata(row.metadata),
    )


def reversal(row: stripe.TransferReversal) -> Reversal:
    return Reversal(row.id, row.amount, metadata(row.metadata))


def refund(row: stripe.Refund) -> CardRefund:
    return CardRefund(
        id=row.id,
        amount_cents=row.amount,
        # `requires_action` and words to come: nothing is decided yet.
        state=REFUND_STATES.get(row.status or "", RefundState.PENDING),
        charge_id=identifier(row.charge),
        # Only there once it failed.
        failure_reason=getattr(row, "failure_reason", None) or "",
        metadata=metadata(row.metadata),
    )


def dispute(row: stripe.Dispute) -> CardDispute:
    withdrawals = [line for line in row.balance_transactions if line.amount < 0]
    due_by = row.evidence_details.due_by
    return CardDispute(
        id=row.id,
        charge_id=identifier(row.charge),
        amount_cents=-sum(line.amount for line in withdrawals) or row.amount,
        fee_cents=sum(line.fee for line in withdrawals),
        state=_dispute_state(row),
        reason=row.reason,
        evidence_due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        opened_at=datetime.fromtimestamp(row.created, UTC),
    )


def _dispute_state(row: stripe.Dispute) -> DisputeState:
    """`prevented` and words to come: what the money did tells."""
    if row.status in DISPUTE_STATES:
        return DISPUTE_STATES[row.status]
    is_gone = sum(line.amount for line in row.balance_transactions) < 0
    return DisputeState.LOST if is_gone else DisputeState.CLOSED


def account(row: v2.Account) -> Account:
    recipient = row.configuration.recipient if row.configuration else None
    capabilities = recipient.capabilities if recipient else None
    balance = capabilities.stripe_balance if capabilities else None
    transfers = balance.stripe_transfers if balance else None
    entries = (row.requirements.entries if row.requirements else None) or []
    due = tuple(entry.description for entry in entries if entry.awaiting_action_from == "user")
    details = transfers.status_details if transfers else []
    return Account(
        id=row.id,
        transfers=TransfersState(transfers.status) if transfers else TransfersState.RESTRICTED,
        awaits_owner=bool(due) or any(detail.resolution == "provide_info" for detail in details),
        requirements_due=due,
    )


def movement(row: stripe.BalanceTransaction) -> Movement:
    return Movement(
        id=row.id,
        kind=row.type,
        amount_cents=row.amount,
        fee_cents=row.fee,
        source=identifier(row.source),
        created_at=datetime.fromtimestamp(row.created, UTC),
    )
