"""Customers, cards, payments and charges."""

from typing import Any

from stripe_sandbox import balance
from stripe_sandbox.cards import REASONS, Card, find
from stripe_sandbox.errors import Refusal, card_error
from stripe_sandbox.events import snapshot
from stripe_sandbox.resources import treasury
from stripe_sandbox.store import Row, Store

MINIMUM_CENTS = 50


def create_customer(store: Store, params: dict[str, Any]) -> Row:
    return store.add(
        "cus",
        "customer",
        email=params.get("email"),
        name=params.get("name"),
        metadata=params.get("metadata", {}),
        preferred_locales=params.get("preferred_locales", []),
    )


def check_amount(amount: int) -> None:
    if amount < MINIMUM_CENTS:
        raise Refusal("The amount must be at least €0.50 eur.", code="amount_too_small", param="amount", executed=True)


def new_payment(store: Store, **fields: Any) -> Row:
    fields = {
        "amount_received": 0,
        "currency": "eur",
        "status": "requires_payment_method",
        "latest_charge": None,
        "last_payment_error": None,
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
    } | fields
    row = store.add("pi", "payment_intent", **fields)
    row["client_secret"] = f"{row['id']}_secret_sandbox"
    store.save(row)
    return row


def create_payment(store: Store, params: dict[str, Any]) -> Row:
    """A payment confirmed at once on a saved card: the extension of a session."""
    check_amount(params["amount"])
    if not (params.get("confirm") and params.get("payment_method") and params.get("customer")):
        raise Refusal("The sandbox only makes payments on a saved card, with confirm=true.", executed=True)
    method = store.get("payment_method", params["payment_method"])
    if method["customer"] != params["customer"]:
        raise Refusal("The payment method does not belong to this customer.", executed=True)
    payment = new_payment(
        store,
        amount=params["amount"],
        currency=params["currency"],
        customer=params["customer"],
        description=params.get("description"),
        transfer_group=params.get("transfer_group"),
        metadata=params.get("metadata", {}),
    )
    card = find(method["_number"])
    if card is None:
        raise Refusal("This card is unknown to the sandbox.", executed=True)
    if card.fails_off_session and params.get("off_session"):
        refuse(store, payment, card.fails_off_session)
        code = "authentication_required" if card.fails_off_session == "authentication_required" else "card_declined"
        raise card_error(
            REASONS[card.fails_off_session],
            code=code,
            decline_code=card.fails_off_session,
            payment_intent=dict(payment),
        )
    succeed(store, payment, method, card)
    return payment


def save_card(store: Store, card: Card, customer: str | None) -> Row:
    return store.add(
        "pm",
        "payment_method",
        type="card",
        customer=customer,
        card={"brand": card.brand, "last4": card.number[-4:], "exp_month": 12, "exp_year": 2034, "country": "FR"},
        _number=card.number,
    )


def succeed(store: Store, payment: Row, method: Row, card: Card) -> None:
    charge = _charge(store, payment, method, card)
    if not treasury.are_fees_held(store):
        balance.book_charge(store, charge)
    payment |= {
        "status": "succeeded",
        "amount_received": payment["amount"],
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    store.save(payment)
    snapshot(store, "payment_intent.succeeded", payment)


def refuse(store: Store, payment: Row, decline_code: str) -> None:
    message = REASONS.get(decline_code, REASONS["generic_decline"])
    payment |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": decline_code,
            "message": message,
        },
    }
    store.save(payment)
    snapshot(store, "payment_intent.payment_failed", payment)


def cancel(store: Store, payment: Row) -> None:
    store.save(payment | {"status": "canceled", "canceled_at": store.now(), "cancellation_reason": "abandoned"})


def _charge(store: Store, payment: Row, method: Row, card: Card) -> Row:
    return store.add(
        "ch",
        "charge",
        amount=payment["amount"],
        amount_captured=payment["amount"],
        amount_refunded=0,
        captured=True,
        paid=True,
        refunded=False,
        disputed=False,
        status="succeeded",
        currency=payment["currency"],
        customer=payment.get("customer"),
        payment_intent=payment["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": method["card"]},
        transfer_group=payment.get("transfer_group"),
        balance_transaction=None,
        billing_details={},
        metadata=payment["metadata"],
        _is_immediate=card.is_immediate,
        _disputed_for=card.disputed_for,
        _by_inquiry=card.by_inquiry,
    )
