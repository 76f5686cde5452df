"""The only writer of the ledger."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from billing.errors import Overdraft
from billing.ledger.accounts import AccountSpec
from billing.models.ledger import LedgerTransaction

# The functions are in the migration `post_in_one_statement`.
POST = "SELECT written, written_at, is_overdraft FROM billing_post(%s, %s, %s, %s, %s::jsonb)"
LOCK = "SELECT account, kept FROM billing_lock_account(%s, %s, %s, %s, %s, %s)"


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
    with connection.cursor() as cursor:
        cursor.execute(POST, [key, kind, reference, occurred_at, json.dumps(_rows(legs))])
        written, written_at, is_overdraft = cursor.fetchone()
    if is_overdraft:
        raise Overdraft
    if written is None:
        return None
    return LedgerTransaction(
        pk=written, key=key, kind=kind, reference=reference, occurred_at=occurred_at, created_at=written_at
    )


def _rows(legs: Sequence[Leg]) -> list[dict[str, str | int | bool | None]]:
    """Accounts in one order, always the same: nobody waits in a circle for one that is being opened."""
    amounts = _net(legs)
    return [_identity(spec) | {"amount": amounts[spec]} for spec in sorted(amounts, key=_order)]


def _order(spec: AccountSpec) -> tuple[str, int, str]:
    return spec.code, spec.owner_id or 0, spec.reference


def _identity(spec: AccountSpec) -> dict[str, str | int | bool | None]:
    return {
        "code": spec.code,
        "owner": spec.owner_id,
        "reference": spec.reference,
        "currency": spec.currency,
        "normal": spec.kind.normal,
        "is_shared": spec.kind.is_shared,
    }


def _net(legs: Sequence[Leg]) -> dict[AccountSpec, int]:
    amounts: dict[AccountSpec, int] = defaultdict(int)
    for leg in legs:
        amounts[leg.account] += leg.amount_cents
    return {account: amount for account, amount in amounts.items() if amount}


def lock_account(spec: AccountSpec) -> int:
    """Nobody else can move this account until the end of this transaction; its balance."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [*_identity(spec).values()])
        _account, balance = cursor.fetchone()
    return int(balance)
