"""Reading balances, in the normal side of each account: what a member is owed is positive, as is what Stripe holds."""

from django.db import connection
from django.db.models import Sum

from billing.ledger.accounts import AccountSpec
from billing.models.ledger import LedgerAccount, LedgerEntry, NormalSide

KEPT = """
SELECT balance FROM billing_ledgeraccount WHERE code = %s AND owner_id = %s AND reference = %s AND currency = %s
"""


def balance(account: AccountSpec) -> int:
    """The balance in minor units; zero for an account never used. Shared accounts are summed."""
    return _summed(account) if account.kind.is_shared else _kept(account)


def total(code: str, *, owner_id: int | None = None) -> int:
    """The balances of every kept account of this code, of one owner or of all."""
    rows = LedgerAccount.objects.filter(code=code)
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    return int(rows.aggregate(total=Sum("balance"))["total"] or 0)


def _kept(account: AccountSpec) -> int:
    with connection.cursor() as cursor:
        cursor.execute(KEPT, account.identity)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _summed(account: AccountSpec) -> int:
    entries = LedgerEntry.objects.filter(account__code=account.code, account__currency=account.currency)
    total_debit = int(entries.aggregate(total=Sum("amount"))["total"] or 0)
    return total_debit if account.kind.normal == NormalSide.DEBIT else -total_debit
