"""Money to the mentors, money taken back from them."""

from typing import Any

from stripe_sandbox import balance
from stripe_sandbox.errors import Refusal
from stripe_sandbox.events import snapshot
from stripe_sandbox.resources import accounts, disputes
from stripe_sandbox.store import Row, Store


def create(store: Store, params: dict[str, Any]) -> Row:
    amount, destination = params.get("amount", 0), params["destination"]
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if not accounts.can_receive(store, destination):
        raise Refusal(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers",
            code="insufficient_capabilities_for_transfer",
            executed=True,
        )
    source = params.get("source_transaction")
    charge = store.get("charge", source) if source else None
    if charge:
        _check_charge(store, charge, amount)
    elif amount > balance.totals(store)[0]:
        raise Refusal(
            "You have insufficient available funds in your Stripe account.", code="balance_insufficient", executed=True
        )
    return _send(store, params, charge)


def _check_charge(store: Store, charge: Row, amount: int) -> None:
    if disputes.keeps_money(store, charge["id"]):
        raise Refusal(
            f"Charge {charge['id']} has been disputed; its funds cannot be transferred.",
            code="charge_disputed",
            param="source_transaction",
            executed=True,
        )
    sent = sum(row["amount"] - row["amount_reversed"] for row in store.all("transfer", source_transaction=charge["id"]))
    if sent + amount > charge["amount"] - charge["amount_refunded"]:
        raise Refusal(
            "The transfers of this charge would exceed the charge.",
            code="transfer_source_exceeded",
            param="amount",
            executed=True,
        )


def _send(store: Store, params: dict[str, Any], charge: Row | None) -> Row:
    transfer = store.add(
        "tr",
        "transfer",
        amount=params["amount"],
        amount_reversed=0,
        reversed=False,
        currency=params["currency"],
        destination=params["destination"],
        destination_payment=None,
        description=params.get("description"),
        metadata=params.get("metadata", {}),
        source_transaction=charge["id"] if charge else None,
        source_type="card",
        # Tied to a charge, a transfer joins the charge's group.
        transfer_group=charge["transfer_group"] if charge else params.get("transfer_group"),
        reversals={"object": "list", "data": [], "has_more": False, "url": ""},
    )
    movement = balance.book(
        store,
        kind="transfer",
        amount=-params["amount"],
        source=transfer["id"],
        available_on=_available_on(store, charge) if charge else None,
    )
    transfer["balance_transaction"] = movement["id"]
    store.save(transfer)
    snapshot(store, "transfer.created", transfer)
    return transfer


def _available_on(store: Store, charge: Row) -> int:
    """When the money of the charge is: unknown until its movement is told."""
    if charge["balance_transaction"] is None:
        return balance.later(store)
    return int(store.get("balance_transaction", charge["balance_transaction"])["available_on"])


def reverse(store: Store, identifier: str, params: dict[str, Any]) -> Row:
    transfer = store.get("transfer", identifier)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    if amount > left:
        raise Refusal(f"Reversal amount is greater than what is left ({left}).", param="amount", executed=True)
    if amount > accounts.balance_of(store, transfer["destination"]):
        raise Refusal("The recipient does not have sufficient funds.", code="balance_insufficient", executed=True)
    transfer |= {"amount_reversed": transfer["amount_reversed"] + amount, "reversed": amount == left}
    store.save(transfer)
    reversal = store.add(
        "trr",
        "transfer_reversal",
        amount=amount,
        currency=transfer["currency"],
        transfer=transfer["id"],
        metadata=params.get("metadata") or {},
    )
    movement = balance.book(store, kind="transfer_refund", amount=amount, source=reversal["id"])
    store.save(reversal | {"balance_transaction": movement["id"]})
    snapshot(store, "transfer.reversed", transfer)
    return reversal
