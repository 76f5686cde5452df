"""Which card payment stands behind which blocked amount, first in first out.

It says which transfer names which charge, which card a refund goes to, what a dispute touches. The caller holds the
lock of the learner's credit (`learner.available`), so that two holds never take the same euro.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from accounts.models import User
from billing.errors import UnfundedCredit
from billing.models import ChargeAllocation, Hold, TopUp
from billing.rules import Portion, release_latest, take_in_order, total
from billing.states import TopUpOrigin, TopUpStatus

FREE = F("amount_cents") - F("allocated_cents") - F("refunded_cents") - F("lost_cents")


def allocate(hold: Hold) -> None:
    """Cover a new hold with the oldest paid card payments that still have something left."""
    taken = _take(hold.amount_cents, _free(hold.learner))
    ChargeAllocation.objects.bulk_create(
        ChargeAllocation(top_up_id=portion.id, hold=hold, amount_cents=portion.cents) for portion in taken
    )
    _add_allocated(taken)


def give_back(learner: User, amount_cents: int) -> list[Portion]:
    """Take free credit out, to be refunded to the cards that paid it, the oldest first; never a goodwill."""
    taken = _take(amount_cents, [top_up for top_up in _free(learner) if top_up.origin != TopUpOrigin.GOODWILL])
    for portion in taken:
        TopUp.objects.filter(pk=portion.id).update(refunded_cents=F("refunded_cents") + portion.cents)
    return taken


def take_back(top_up_id: int, amount_cents: int) -> None:
    """A refund did not arrive: its money is credit again."""
    TopUp.objects.filter(pk=top_up_id).update(refunded_cents=F("refunded_cents") - amount_cents)


def lose(learner: User, amount_cents: int) -> None:
    """Take free credit out for what a lost dispute took from the platform, the oldest first."""
    for portion in _take(amount_cents, _free(learner)):
        TopUp.objects.filter(pk=portion.id).update(lost_cents=F("lost_cents") + portion.cents)


def _free(learner: User) -> list[TopUp]:
    """The paid card payments with something left, locked, oldest first."""
    rows = TopUp.objects.select_for_update().filter(user=learner, status=TopUpStatus.PAID)
    return list(rows.alias(free=FREE).filter(free__gt=0).order_by("paid_at", "pk"))


def _take(amount_cents: int, top_ups: Sequence[TopUp]) -> list[Portion]:
    taken = take_in_order(amount_cents, [Portion(top_up.pk, top_up.free_cents) for top_up in top_ups])
    if total(taken) != amount_cents:
        raise UnfundedCredit(f"{total(taken)} of {amount_cents} cents come from a card payment")
    return taken


def release(holds: Sequence[Hold], amount_cents: int) -> list[Portion]:
    """Give the latest allocations back to their card payments; what each payment keeps on the booking, in order.

    Also for a booking settled long ago, when an adjustment gives more of it back.
    """
    allocations = list(ChargeAllocation.objects.select_for_update().filter(hold__in=holds).order_by("pk"))
    by_id = {allocation.pk: allocation for allocation in allocations}
    kept = [Portion(row.pk, row.amount_cents - row.released_cents) for row in allocations]
    for portion in release_latest(amount_cents, kept):
        allocation = by_id[portion.id]
        allocation.released_cents += portion.cents
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
