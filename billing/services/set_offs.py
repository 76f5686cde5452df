"""What a mentor owes is kept from his next payout, as far as nothing else brings it back."""

from datetime import datetime

from django.db.models import Sum

from accounts.models import User
from billing.ledger import balance, credit, debit, lock_account, post
from billing.ledger.accounts import pending, recoverable
from billing.models import Payout, TransferReversal
from billing.services._payout_moves import shrink


def set_off(payout: Payout, now: datetime) -> int:
    """Keep a debt from what this locked payout has not asked Stripe for; how much was kept."""
    if not balance(recoverable(payout.mentor)):
        return 0
    owed = _debt_of(payout.mentor)
    kept = shrink(payout, owed) if owed else 0
    if not kept:
        return 0
    payout.set_off_cents += kept
    payout.save(update_fields=["set_off_cents"])
    post(
        key=f"setoff:{payout.pk}:{payout.set_off_cents}",
        kind="setoff",
        legs=[debit(pending(payout.mentor), kept), credit(recoverable(payout.mentor), kept)],
        reference=payout.settlement.reference,
        occurred_at=now,
    )
    return kept


def _debt_of(mentor: User) -> int:
    """What he owes, less what Stripe is being asked to take back from his account. Locked against a second use."""
    owed = lock_account(recoverable(mentor))
    asked = TransferReversal.objects.open().filter(part__payout__mentor=mentor).aggregate(cents=Sum("amount_cents"))
    return max(owed - int(asked["cents"] or 0), 0)
