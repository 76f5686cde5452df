"""Double-entry bookkeeping. The public face: `post`, `balance` and the accounts."""

from billing.ledger.accounts import AccountSpec
from billing.ledger.balances import balance, total
from billing.ledger.posting import Leg, credit, debit, lock_account, post

__all__ = ["AccountSpec", "Leg", "balance", "credit", "debit", "lock_account", "post", "total"]
