"""Checkout Sessions, and what a person does on their page."""

from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox.cards import Card, find
from stripe_sandbox.errors import Refusal
from stripe_sandbox.events import snapshot
from stripe_sandbox.resources import payments
from stripe_sandbox.store import Row, Store

SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 60 * 60


def create(store: Store, params: dict[str, Any], base_url: str) -> Row:
    _check(store, params)
    amount = sum(item["price_data"]["unit_amount"] * item.get("quantity", 1) for item in params["line_items"])
    payments.check_amount(amount)
    session = store.add(
        "cs_test",
        "checkout.session",
        mode="payment",
        status="open",
        payment_status="unpaid",
        amount_subtotal=amount,
        amount_total=amount,
        currency=params["line_items"][0]["price_data"]["currency"],
        customer=params.get("customer"),
        client_reference_id=params.get("client_reference_id"),
        metadata=params.get("metadata", {}),
        locale=params.get("locale"),
        ui_mode=params.get("ui_mode", "hosted_page"),
        success_url=params["success_url"],
        cancel_url=params.get("cancel_url"),
        expires_at=params.get("expires_at", store.now() + LONGEST_SECONDS),
        payment_intent=None,
        payment_method_types=["card"],
        _label=params["line_items"][0]["price_data"].get("product_data", {}).get("name", ""),
        _payment=params.get("payment_intent_data", {}),
    )
    session["url"] = f"{base_url}/c/pay/{session['id']}"
    store.save(session)
    return session


def _check(store: Store, params: dict[str, Any]) -> None:
    if params.get("mode") != "payment" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refusal("The sandbox only knows mode=payment with ui_mode=hosted_page.", param="mode")
    if not params.get("line_items") or any("price_data" not in item for item in params["line_items"]):
        raise Refusal("Missing required param: line_items[0][price_data].", code="parameter_missing")
    if "success_url" not in params:
        raise Refusal("Missing required param: success_url.", code="parameter_missing", param="success_url")
    for name in ("success_url", "cancel_url"):
        _check_url(params, name)
    if "customer" in params:
        store.get("customer", params["customer"])
    ahead = params.get("expires_at", store.now() + LONGEST_SECONDS) - store.now()
    if not SHORTEST_SECONDS <= ahead <= LONGEST_SECONDS:
        raise Refusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _check_url(params: dict[str, Any], name: str) -> None:
    if name in params and urlsplit(params[name]).scheme not in {"http", "https"}:
        raise Refusal("Not a valid URL", code="url_invalid", param=name)


def load(store: Store, identifier: str) -> Row:
    """The session, expired first if its time has come."""
    session = store.get("checkout.session", identifier)
    if session["status"] == "open" and store.now() >= session["expires_at"]:
        _expire(store, session)
    return session


def expire(store: Store, identifier: str) -> Row:
    session = load(store, identifier)
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.',
            executed=True,
        )
    _expire(store, session)
    return session


def _expire(store: Store, session: Row) -> None:
    session |= {"status": "expired", "url": None}
    store.save(session)
    payment = store.find(session["payment_intent"] or "")
    if payment is not None:
        payments.cancel(store, payment)
    snapshot(store, "checkout.session.expired", session)


def expire_due(store: Store) -> None:
    for session in store.all("checkout.session", status="open"):
        load(store, session["id"])


# --- the person in front of the page ---


def pay(store: Store, session: Row, number: str) -> Row:
    """Try a card on an open session. The payment says what came out: succeeded, requires_action or refused."""
    card = find(number)
    if card is None:
        raise Refusal("Ce numéro n’est pas une carte de test.", status=402, kind="card_error", code="incorrect_number")
    payment = store.find(session["payment_intent"] or "") or _first_payment(store, session)
    if card.decline_code:
        payments.refuse(store, payment, card.decline_code)
    elif card.asks_confirmation:
        method = payments.save_card(store, card, session["customer"])
        payment |= {
            "status": "requires_action",
            "payment_method": method["id"],
            "next_action": {"type": "redirect_to_url"},
            "last_payment_error": None,
        }
        store.save(payment)
    else:
        _complete(store, session, payment, payments.save_card(store, card, session["customer"]), card)
    return payment


def confirm(store: Store, session: Row, *, is_accepted: bool) -> Row:
    """The cardholder answers his bank."""
    payment = store.find(session["payment_intent"] or "")
    if payment is None or payment["status"] != "requires_action":
        raise Refusal("Aucune confirmation n’est attendue.")
    if not is_accepted:
        payments.refuse(store, payment, "authentication_failure")
        return payment
    method = store.get("payment_method", payment["payment_method"])
    card = find(method["_number"])
    if card is None:
        raise Refusal("Cette carte est inconnue.")
    _complete(store, session, payment, method, card)
    return payment


def _first_payment(store: Store, session: Row) -> Row:
    given = session["_payment"]
    payment = payments.new_payment(
        store,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        description=given.get("description"),
        transfer_group=given.get("transfer_group"),
        setup_future_usage=given.get("setup_future_usage"),
        metadata=given.get("metadata", {}),
    )
    session["payment_intent"] = payment["id"]
    store.save(session)
    return payment


def _complete(store: Store, session: Row, payment: Row, method: Row, card: Card) -> None:
    payments.succeed(store, payment, method, card)
    session |= {"status": "complete", "payment_status": "paid", "url": None}
    store.save(session)
    snapshot(store, "checkout.session.completed", session)
