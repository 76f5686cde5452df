"""Money given back to cards; some banks take their time, some give it back."""

from typing import Any

from stripe_sandbox import balance
from stripe_sandbox.cards import find
from stripe_sandbox.errors import Refusal
from stripe_sandbox.events import snapshot
from stripe_sandbox.resources import disputes
from stripe_sandbox.store import Row, Store


def create(store: Store, params: dict[str, Any]) -> Row:
    charge = _charge_to_refund(store, params)
    amount = _check(store, charge, params)
    fate = _fate(store, charge)
    charge |= {"amount_refunded": charge["amount_refunded"] + amount}
    charge |= {"refunded": charge["amount_refunded"] == charge["amount"]}
    store.save(charge)
    row = store.add(
        "re",
        "refund",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        receipt_number=None,
        status="pending" if fate == "succeeded" else "succeeded",
        metadata=params.get("metadata") or {},
        _becomes=fate,
    )
    if row["status"] == "pending":
        row["pending_reason"] = "processing"
    movement = balance.book(store, kind="refund", amount=-amount, source=row["id"])
    row["balance_transaction"] = movement["id"]
    store.save(row)
    snapshot(store, "refund.created", row)
    snapshot(store, "charge.refunded", charge)
    return row


def _charge_to_refund(store: Store, params: dict[str, Any]) -> Row:
    if "charge" in params:
        return store.get("charge", params["charge"])
    if "payment_intent" in params:
        payment = store.get("payment_intent", params["payment_intent"])
        return store.get("charge", payment["latest_charge"] or "")
    raise Refusal("One of the following params should be provided: payment_intent or charge.")


def _check(store: Store, charge: Row, params: dict[str, Any]) -> int:
    """The amount to give back, or a Refusal."""
    left: int = charge["amount"] - charge["amount_refunded"]
    lost = disputes.lost_cents(store, charge["id"])
    if disputes.is_running(store, charge["id"]) or (lost and lost >= left):
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            executed=True,
        )
    amount: int = params.get("amount", left)
    if not left:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", executed=True
        )
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    left -= lost
    if amount > left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
            executed=True,
        )
    return amount


def _fate(store: Store, charge: Row) -> str:
    """What becomes of this card's refunds some time later."""
    card = find(store.get("payment_method", charge["payment_method"])["_number"])
    return card.refunds_become if card else ""


# --- what the bank does later ---


def fail(store: Store, identifier: str, reason: str) -> Row:
    """The bank gives the money back: it is on our balance again, and the charge can be refunded anew."""
    refund = _running(store, identifier)
    movement = balance.book(store, kind="refund_failure", amount=refund["amount"], source=refund["id"])
    _end(store, refund, "failed")
    refund |= {"failure_reason": reason, "failure_balance_transaction": movement["id"]}
    store.save(refund)
    charge = store.get("charge", refund["charge"])
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    store.save(charge)
    for event in ("refund.updated", "refund.failed", "charge.refund.updated"):
        snapshot(store, event, refund)
    return refund


def complete(store: Store, identifier: str) -> Row:
    """A pending refund arrives."""
    refund = _running(store, identifier)
    if refund["status"] != "pending":
        raise Refusal("Ce remboursement est déjà arrivé.", status=409)
    _end(store, refund, "succeeded")
    for event in ("refund.updated", "charge.refund.updated"):
        snapshot(store, event, refund)
    return refund


def _running(store: Store, identifier: str) -> Row:
    refund = store.get("refund", identifier)
    if refund["status"] not in {"pending", "succeeded"}:
        raise Refusal("Ce remboursement a déjà échoué.", status=409)
    return refund


def _end(store: Store, refund: Row, status: str) -> None:
    refund.pop("pending_reason", None)
    refund |= {"status": status, "_becomes": ""}
    store.save(refund)


def decide_waiting(store: Store) -> None:
    """Test cards whose refunds take some time: the time has come."""
    for refund in reversed(store.all("refund")):
        if refund.get("_becomes") == "failed":
            fail(store, refund["id"], "declined")
        elif refund.get("_becomes") == "succeeded":
            complete(store, refund["id"])
