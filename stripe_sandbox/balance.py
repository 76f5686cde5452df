"""The platform's money at Stripe: every movement is a balance transaction, available now or in some days."""

from stripe_sandbox.store import Row, Store

# Stripe's price for a European card: 1.5 % + 0.25 €.
FEE_BASIS_POINTS = 150
FEE_FIXED_CENTS = 25
DAYS_UNTIL_AVAILABLE = 7
DAY = 24 * 60 * 60


def fee_of(amount: int) -> int:
    return (2 * amount * FEE_BASIS_POINTS + 10_000) // 20_000 + FEE_FIXED_CENTS


def book(store: Store, *, kind: str, amount: int, source: str, fee: int = 0, available_on: int | None = None) -> Row:
    return store.add(
        "txn",
        "balance_transaction",
        type=kind,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency="eur",
        source=source,
        available_on=store.now() if available_on is None else available_on,
        status="available" if available_on is None else "pending",
    )


def book_charge(store: Store, charge: Row, *, is_immediate: bool) -> Row:
    later = None if is_immediate else store.now() + DAYS_UNTIL_AVAILABLE * DAY
    return book(
        store,
        kind="charge",
        amount=charge["amount"],
        fee=fee_of(charge["amount"]),
        source=charge["id"],
        available_on=later,
    )


def totals(store: Store) -> tuple[int, int]:
    """(available, pending) in cents."""
    rows = store.all("balance_transaction")
    available = sum(row["net"] for row in rows if row["available_on"] <= store.now())
    return available, sum(row["net"] for row in rows) - available
