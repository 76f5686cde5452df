"""What a learner owes, and what it stops: his credit is frozen while a card dispute is open or a debt is unpaid."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from billing.errors import CreditFrozen
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import available, receivable
from billing.models import Dispute
from billing.services import funding
from billing.states import DisputeStatus


@dataclass(frozen=True)
class Freeze:
    """Why a credit is frozen. While a dispute is open nothing can be paid: its end decides what is owed."""

    disputes: int
    owed_cents: int

    @property
    def can_repay(self) -> bool:
        return self.owed_cents > 0


def freeze_of(learner: User) -> Freeze | None:
    """None: the credit is free to use."""
    disputes = Dispute.objects.filter(top_up__user=learner, status=DisputeStatus.OPEN).count()
    owed = balance(receivable(learner))
    return Freeze(disputes, owed) if disputes or owed else None


def check_not_frozen(learner: User) -> None:
    """Raises CreditFrozen. To be sure, the caller holds the lock of the learner's credit: disputes take it too."""
    if freeze_of(learner):
        raise CreditFrozen


def collect(*, learner: User, key: str, now: datetime) -> int:
    """Pay what the learner owes from his credit, as far as it goes; how much. A repeat of `key` pays nothing more.

    Called inside the transaction that made the credit grow, with the credit locked.
    """
    owed = balance(receivable(learner))
    cents = min(balance(available(learner)), owed) if owed else 0
    if not cents:
        return 0
    written = post(
        key=f"repay:{key}",
        kind="repay",
        legs=[debit(available(learner), cents), credit(receivable(learner), cents)],
        occurred_at=now,
    )
    if written is None:
        return 0
    funding.lose(learner, cents)
    return cents
