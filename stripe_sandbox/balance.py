"""The platform's money at Stripe: every movement is a balance transaction, available now or in some days."""

from stripe_sandbox.store import Row, Store

# Stripe's price for a European card: 1.5 % + 0.25 €.
FEE_BASIS_POINTS = 150
FEE_FIXED_CENTS = 25
DAYS_UNTIL_AVAILABLE = 7
DAY = 24 * 60 * 60

# What a movement is for an accountant.
CATEGORIES = {
    "payment": "charge",
    "stripe_fee": "fee",
    "transfer_refund": "transfer_reversal",
}


def fee_of(amount: int) -> int:
    return (2 * amount * FEE_BASIS_POINTS + 10_000) // 20_000 + FEE_FIXED_CENTS


def later(store: Store) -> int:
    """When the money of a card paid now can be used."""
    return store.now() + DAYS_UNTIL_AVAILABLE * DAY


def book(
    store: Store,
    *,
    kind: str,
    amount: int,
    source: str | None,
    fee: int = 0,
    fee_name: str = "Stripe processing fees",
    available_on: int | None = None,
    description: str | None = None,
    category: str = "",
) -> Row:
    return store.add(
        "txn",
        "balance_transaction",
        type=kind,
        amount=amount,
        fee=fee,
        fee_details=[_fee_detail(fee, fee_name)] if fee else [],
        net=amount - fee,
        currency="eur",
        source=source,
        description=description,
        exchange_rate=None,
        balance_type="payments",
        reporting_category=category or CATEGORIES.get(kind, kind),
        available_on=store.now() if available_on is None else available_on,
        status="available" if available_on is None else "pending",
    )


def _fee_detail(fee: int, name: str) -> Row:
    return {"amount": fee, "application": None, "currency": "eur", "description": name, "type": "stripe_fee"}


def book_charge(store: Store, charge: Row) -> Row:
    """The movement of a paid charge. Stripe may tell it a little after the payment."""
    movement = book(
        store,
        kind="charge",
        amount=charge["amount"],
        fee=fee_of(charge["amount"]),
        source=charge["id"],
        available_on=None if charge["_is_immediate"] else later(store),
    )
    charge |= {"balance_transaction": movement["id"]}
    store.save(charge)
    return movement


def totals(store: Store) -> tuple[int, int]:
    """(available, pending) in cents."""
    rows = store.all("balance_transaction")
    available = sum(row["net"] for row in rows if row["available_on"] <= store.now())
    return available, sum(row["net"] for row in rows) - available
