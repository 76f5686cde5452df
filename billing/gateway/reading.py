"""From the SDK's objects to ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe.v2 import core as v2

from billing.gateway.objects import (
    Account,
    Checkout,
    CheckoutState,
    Movement,
    Payment,
    PaymentState,
    Transfer,
    TransfersState,
)

PAYMENT_STATES = {state.value: state for state in PaymentState} | {
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
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
    return Payment(
        id=intent.id,
        state=PAYMENT_STATES.get(intent.status, PaymentState.OTHER),
        amount_cents=intent.amount,
        charge_id=identifier(intent.latest_charge),
        payment_method_id=identifier(intent.payment_method),
        decline_code=(error.decline_code or error.code or "") if error else "",
        fee_cents=known.fee if known else None,
        fee_id=known.id if known else "",
        metadata=metadata(intent.metadata),
    )


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
