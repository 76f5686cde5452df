"""What every service that changes a payout shares: its lock, the one writer of its status."""

from datetime import datetime

from billing.models import Payout, PayoutPart, PayoutSuspension
from billing.rules import Portion, take_latest, total
from billing.signals import payout_changed
from billing.states import PAYOUT_ALLOWED, PayoutStatus
from core.states import check_move


def lock(payout: Payout) -> Payout:
    """The row as it is now, nobody else's until the end of this transaction."""
    return Payout.objects.select_for_update(of=("self",)).select_related("mentor", "settlement").get(pk=payout.pk)


def lock_of(reference: str) -> Payout | None:
    """The payout of a booking, locked; None when there is nothing to pay."""
    rows = Payout.objects.select_for_update(of=("self",)).select_related("mentor", "settlement")
    return rows.filter(settlement__reference=reference).first()


def end(payout: Payout, to: PayoutStatus, now: datetime, **facts: str | int | datetime) -> None:
    """Paid or canceled: nothing is left that a cause could keep back."""
    _move(payout, to, **facts)
    PayoutSuspension.objects.filter(payout=payout, lifted_at=None).update(lifted_at=now)


def announce(payout: Payout) -> None:
    """News for the apps above."""
    payout_changed.send(sender=Payout, payout=payout)


def _move(payout: Payout, to: PayoutStatus, **facts: str | int | datetime) -> None:
    """The only writer of a payout's status; the row is locked."""
    check_move(PAYOUT_ALLOWED, payout.status, to)
    payout.status = to
    for name, value in facts.items():
        setattr(payout, name, value)
    payout.save(update_fields=["status", *facts])


def shrink(payout: Payout, cents: int) -> int:
    """Take from the parts nobody asked Stripe for yet, the latest first; how much. The payout is locked."""
    parts = list(payout.parts.unasked().order_by("pk"))
    taken = take_latest(cents, [Portion(part.pk, part.amount_cents) for part in parts])
    by_id = {part.pk: part for part in parts}
    for portion in taken:
        by_id[portion.id].amount_cents -= portion.cents
    PayoutPart.objects.bulk_update([by_id[portion.id] for portion in taken], ["amount_cents"])
    return total(taken)
