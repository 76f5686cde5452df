"""Which card payment stands behind which blocked amount, first in first out.

It says which transfer names which charge, which card a refund goes to, what a dispute touches. The caller holds the
lock of the learner's credit (`learner.available`), so that two holds never take the same euro.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from billing.errors import UnfundedCredit
from billing.models import ChargeAllocation, Hold, TopUp
from billing.rules import Portion, release_latest, take_in_order, total
from billing.states import TopUpStatus


def allocate(hold: Hold) -> None:
    """Cover a new hold with the oldest paid card payments that still have something left."""
    top_ups = (
        TopUp.objects.select_for_update()
        .filter(user=hold.learner, status=TopUpStatus.PAID, allocated_cents__lt=F("amount_cents"))
        .order_by("paid_at", "pk")
    )
    left = [Portion(top_up.pk, top_up.amount_cents - top_up.allocated_cents) for top_up in top_ups]
    taken = take_in_order(hold.amount_cents, left)
    if total(taken) != hold.amount_cents:
        raise UnfundedCredit(f"{hold}: {total(taken)} of {hold.amount_cents} cents come from a card payment")
    ChargeAllocation.objects.bulk_create(
        ChargeAllocation(top_up_id=portion.id, hold=hold, amount_cents=portion.cents) for portion in taken
    )
    _add_allocated(taken)


def release(holds: Sequence[Hold], amount_cents: int) -> list[Portion]:
    """Give the latest allocations back to their card payments; what each payment keeps on the booking, in order."""
    allocations = list(ChargeAllocation.objects.select_for_update().filter(hold__in=holds).order_by("pk"))
    by_id = {allocation.pk: allocation for allocation in allocations}
    for portion in release_latest(amount_cents, [Portion(row.pk, row.amount_cents) for row in allocations]):
        allocation = by_id[portion.id]
        allocation.released_cents = portion.cents
        allocation.save(update_fields=["released_cents"])
        _add_allocated([Portion(allocation.top_up_id, -portion.cents)])
    return [Portion(row.top_up_id, row.amount_cents - row.released_cents) for row in allocations]


def last_payment(kept: Sequence[Portion]) -> datetime | None:
    """When the latest of the card payments that fund a booking was made."""
    ids = [portion.id for portion in kept if portion.cents]
    top_up = TopUp.objects.filter(pk__in=ids).order_by("-paid_at").first()
    return top_up.paid_at if top_up else None


def _add_allocated(portions: Sequence[Portion]) -> None:
    for portion in portions:
        TopUp.objects.filter(pk=portion.id).update(allocated_cents=F("allocated_cents") + portion.cents)
