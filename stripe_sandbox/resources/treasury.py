"""Our own balance apart from members' money: payouts to the platform's bank, Stripe's own fees, fees told late."""

from stripe_sandbox import balance
from stripe_sandbox.errors import Refusal
from stripe_sandbox.events import snapshot
from stripe_sandbox.store import Row, Store

SWITCH = "sandbox_fees"


def pay_out(store: Store, amount: int | None) -> Row:
    """Send the available balance (or some of it) to the platform's bank."""
    available, _pending = balance.totals(store)
    sent = available if amount is None else amount
    if not 0 < sent <= available:
        raise Refusal("Le solde disponible ne suffit pas.", status=409, code="balance_insufficient")
    payout = store.add(
        "po",
        "payout",
        amount=sent,
        currency="eur",
        arrival_date=store.now() + balance.DAY,
        automatic=amount is None,
        destination="ba_sandbox",
        method="standard",
        status="paid",
        type="bank_account",
    )
    movement = balance.book(store, kind="payout", amount=-sent, source=payout["id"], description="STRIPE PAYOUT")
    payout |= {"balance_transaction": movement["id"]}
    store.save(payout)
    snapshot(store, "payout.paid", payout)
    return payout


def take_fee(store: Store, amount: int, description: str) -> Row:
    """Stripe bills its own services: a movement without any object behind it."""
    return balance.book(store, kind="stripe_fee", amount=-amount, source=None, description=description)


def hold_fees(store: Store) -> None:
    """From now on a payment succeeds before its movement and its fee are known, until they are released."""
    store.save({"id": SWITCH, "object": "sandbox.switch", "is_held": True})


def are_fees_held(store: Store) -> bool:
    row = store.find(SWITCH)
    return bool(row and row["is_held"])


def release_fees(store: Store) -> int:
    """Tell the movements that waited; how many."""
    store.save({"id": SWITCH, "object": "sandbox.switch", "is_held": False})
    waiting = [row for row in reversed(store.all("charge", balance_transaction=None)) if row["paid"]]
    for charge in waiting:
        balance.book_charge(store, charge)
        snapshot(store, "charge.updated", charge)
    return len(waiting)
