"""The only writer of the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from billing.errors import Overdraft
from billing.ledger.accounts import AccountSpec
from billing.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction

OVERDRAFT = "ledger_no_overdraft"

INSERT_TRANSACTION = """
INSERT INTO billing_ledgertransaction (key, kind, reference, occurred_at, created_at)
VALUES (%s, %s, %s, %s, clock_timestamp()) ON CONFLICT (key) DO NOTHING RETURNING id, created_at
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
    written = LedgerTransaction(key=key, kind=kind, reference=reference, occurred_at=occurred_at)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_TRANSACTION, [key, kind, reference, occurred_at])
        inserted = cursor.fetchone()
    if inserted is None:
        return None
    written.pk, written.created_at = inserted
    amounts = _net(legs)
    rows = get_accounts(amounts)
    entries = [
        LedgerEntry(transaction=written, account=rows[account], amount=amount) for account, amount in amounts.items()
    ]
    # One order of accounts for everybody: the triggers lock them as the rows come, so nobody waits in a circle.
    LedgerEntry.objects.bulk_create(sorted(entries, key=lambda entry: entry.account_id))
    return written


def _net(legs: Sequence[Leg]) -> dict[AccountSpec, int]:
    amounts: dict[AccountSpec, int] = defaultdict(int)
    for leg in legs:
        amounts[leg.account] += leg.amount_cents
    return {account: amount for account, amount in amounts.items() if amount}


def get_accounts(specs: Iterable[AccountSpec]) -> dict[AccountSpec, LedgerAccount]:
    """The rows of accounts, made when missing, always in the same order."""
    ordered = sorted(specs, key=lambda spec: (spec.code, spec.owner_id or 0, spec.reference))
    rows = _find(LedgerAccount.objects.all(), ordered)
    if missing := [spec for spec in ordered if spec not in rows]:
        for spec in missing:
            _open(spec)
        rows |= _find(LedgerAccount.objects.all(), missing)
    return rows


def lock_account(spec: AccountSpec) -> LedgerAccount:
    """The row of an account nobody else can move until the end of this transaction."""
    rows = LedgerAccount.objects.select_for_update()
    found = _find(rows, [spec])
    if not found:
        _open(spec)
        found = _find(rows, [spec])
    return found[spec]


def _find(rows: QuerySet[LedgerAccount], specs: Sequence[AccountSpec]) -> dict[AccountSpec, LedgerAccount]:
    wanted = Q(pk__in=[])
    for spec in specs:
        wanted |= Q(code=spec.code, owner=spec.owner, reference=spec.reference, currency=spec.currency)
    found = {(row.code, row.owner_id, row.reference, row.currency): row for row in rows.filter(wanted)}
    return {spec: found[spec.identity] for spec in specs if spec.identity in found}


def _open(spec: AccountSpec) -> None:
    shared = spec.kind.is_shared
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ACCOUNT, [*spec.identity, spec.kind.normal, not shared, shared])
