"""The only writer of the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from billing.errors import Overdraft
from billing.ledger.accounts import AccountSpec
from billing.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction

OVERDRAFT = "ledger_no_overdraft"

INSERT_TRANSACTION = """
INSERT INTO billing_ledgertransaction (key, kind, reference, occurred_at, created_at)
VALUES (%s, %s, %s, %s, clock_timestamp()) ON CONFLICT (key) DO NOTHING RETURNING id
"""
INSERT_ACCOUNT = """
INSERT INTO billing_ledgeraccount
  (code, owner_id, reference, currency, normal, is_materialised, may_overdraw, balance)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Leg:
    """One signed amount in minor units: positive = debit, negative = credit."""

    account: AccountSpec
    amount_cents: int


def debit(account: AccountSpec, amount_cents: int) -> Leg:
    return Leg(account, amount_cents)


def credit(account: AccountSpec, amount_cents: int) -> Leg:
    return Leg(account, -amount_cents)


def post(
    *, key: str, kind: str, legs: Sequence[Leg], reference: str = "", occurred_at: datetime
) -> LedgerTransaction | None:
    """Write one balanced fact; None when `key` was written before (nothing happens then).

    Legs of zero are left out, legs of one account are added up. Raises Overdraft when an account that may not be
    negative would be; anything else that does not balance is refused by the database at commit.
    """
    try:
        with transaction.atomic():
            return _post(key, kind, legs, reference, occurred_at)
    except IntegrityError as error:
        if OVERDRAFT in str(error):
            raise Overdraft from error
        raise


def _post(key: str, kind: str, legs: Sequence[Leg], reference: str, occurred_at: datetime) -> LedgerTransaction | None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT_TRANSACTION, [key, kind, reference, occurred_at])
        inserted = cursor.fetchone()
    if inserted is None:
        return None
    amounts = _net(legs)
    rows = _rows(amounts)
    entries = [
        LedgerEntry(transaction_id=inserted[0], account_id=rows[account].pk, amount=amount)
        for account, amount in amounts.items()
    ]
    # One order of accounts for everybody: the triggers lock them as the rows come, so nobody waits in a circle.
    LedgerEntry.objects.bulk_create(sorted(entries, key=lambda entry: entry.account_id))
    return LedgerTransaction.objects.get(pk=inserted[0])


def _net(legs: Sequence[Leg]) -> dict[AccountSpec, int]:
    amounts: dict[AccountSpec, int] = defaultdict(int)
    for leg in legs:
        amounts[leg.account] += leg.amount_cents
    return {account: amount for account, amount in amounts.items() if amount}


def _rows(accounts: Iterable[AccountSpec]) -> dict[AccountSpec, LedgerAccount]:
    """The accounts' rows, made when missing, always in the same order."""
    ordered = sorted(accounts, key=lambda account: (account.code, account.owner_id or 0, account.reference))
    return {account: get_account(account) for account in ordered}


def get_account(spec: AccountSpec) -> LedgerAccount:
    """The row of an account, made when missing."""
    return _find(spec) or _open(spec)


def _find(spec: AccountSpec) -> LedgerAccount | None:
    code, owner_id, reference, currency = spec.identity
    return LedgerAccount.objects.filter(code=code, owner_id=owner_id, reference=reference, currency=currency).first()


def _open(spec: AccountSpec) -> LedgerAccount:
    shared = spec.kind.is_shared
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ACCOUNT, [*spec.identity, spec.kind.normal, not shared, shared])
    code, owner_id, reference, currency = spec.identity
    return LedgerAccount.objects.get(code=code, owner_id=owner_id, reference=reference, currency=currency)


def lock_account(spec: AccountSpec) -> LedgerAccount:
    """The row of an account nobody else can move until the end of this transaction."""
    return LedgerAccount.objects.select_for_update().get(pk=get_account(spec).pk)
