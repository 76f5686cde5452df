"""Which card payment stands behind which blocked amount, first in first out.

It says which transfer names which charge, which card a refund goes to, what a dispute touches. The caller holds the
lock of the learner's credit (`learner.available`), so that two holds never take the same euro.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Value, When

from accounts.models import User
from billing.errors import UnfundedCredit
from billing.models import ChargeAllocation, Dispute, Hold, TopUp
from billing.rules import Portion, take_in_order, take_latest, total
from billing.states import DisputeStatus, TopUpOrigin, TopUpStatus

FREE = F("amount_cents") - F("allocated_cents") - F("refunded_cents") - F("lost_cents")


@dataclass(frozen=True)
class Funding:
    """The card payments behind a booking: what each still has in it, and what was given back by the last release."""

    allocations: Sequence[ChargeAllocation]

    @property
    def kept(self) -> list[Portion]:
        """By card payment, the oldest first."""
        return [Portion(row.top_up_id, row.amount_cents - row.released_cents) for row in self.allocations]

    @property
    def without_card(self) -> set[int]:
        """Those no transfer can name: the platform gave them."""
        return {row.top_up_id for row in self.allocations if row.top_up.origin == TopUpOrigin.GOODWILL}

    @property
    def last_payment(self) -> datetime | None:
        """When the latest of the card payments that still fund the booking was made."""
        dates = [row.top_up.paid_at for row in self.allocations if row.amount_cents > row.released_cents]
        return max((date for date in dates if date), default=None)

    @property
    def disputed(self) -> list[int]:
        """Those whose cardholder asks his bank for the money back, when they were read."""
        return [row.top_up_id for row in self.allocations if getattr(row, "is_disputed", False)]


def allocate(hold: Hold) -> None:
    """Cover a new hold with the oldest paid card payments that still have something left."""
    taken = _take(hold.amount_cents, _free(hold.learner))
    ChargeAllocation.objects.bulk_create(
        ChargeAllocation(top_up_id=portion.id, hold=hold, amount_cents=portion.cents) for portion in taken
    )
    _add("allocated_cents", taken)


def give_back(learner: User, amount_cents: int) -> list[Portion]:
    """Take free credit out, to be refunded to the cards that paid it, the oldest first."""
    top_ups = TopUp.objects.filter(user=learner).refundable().select_for_update(of=("self",))
    taken = _take(amount_cents, list(top_ups))
    _add("refunded_cents", taken)
    return taken


def take_back(top_up_id: int, amount_cents: int) -> None:
    """A refund did not arrive: its money is credit again."""
    _add("refunded_cents", [Portion(top_up_id, -amount_cents)])


def lose(learner: User, amount_cents: int, *, first: TopUp | None = None) -> None:
    """Take free credit out for what a lost dispute took from the platform: from `first`, then the oldest first."""
    top_ups = sorted(_free(learner), key=lambda top_up: first is None or top_up.pk != first.pk)
    _add("lost_cents", _take(amount_cents, top_ups))


def release(holds: Sequence[Hold], amount_cents: int) -> Funding:
    """Give the latest allocations back to their card payments, and say what stays behind the booking.

    Also for a booking settled long ago, when an adjustment gives more of it back.
    """
    funding = Funding(_allocations(holds))
    by_id = {row.pk: row for row in funding.allocations}
    released = take_latest(
        amount_cents, [Portion(row.pk, row.amount_cents - row.released_cents) for row in funding.allocations]
    )
    for portion in released:
        by_id[portion.id].released_cents += portion.cents
    if released:
        ChargeAllocation.objects.bulk_update([by_id[portion.id] for portion in released], ["released_cents"])
        _add("allocated_cents", [Portion(by_id[portion.id].top_up_id, -portion.cents) for portion in released])
    return funding


def _allocations(holds: Sequence[Hold]) -> list[ChargeAllocation]:
    open_disputes = Dispute.objects.filter(top_up=OuterRef("top_up"), status=DisputeStatus.OPEN)
    rows = ChargeAllocation.objects.filter(hold__in=holds).annotate(is_disputed=Exists(open_disputes))
    return list(rows.select_for_update(of=("self",)).select_related("top_up").order_by("pk"))


def _free(learner: User) -> list[TopUp]:
    """The paid card payments with something left, locked, oldest first."""
    rows = TopUp.objects.select_for_update().filter(user=learner, status=TopUpStatus.PAID)
    return list(rows.alias(free=FREE).filter(free__gt=0).order_by("paid_at", "pk"))


def _take(amount_cents: int, top_ups: Sequence[TopUp]) -> list[Portion]:
    taken = take_in_order(amount_cents, [Portion(top_up.pk, top_up.free_cents) for top_up in top_ups])
    if total(taken) != amount_cents:
        raise UnfundedCredit(f"{total(taken)} of {amount_cents} cents come from a card payment")
    return taken


def _add(field: str, portions: Iterable[Portion]) -> None:
    """Add to one of the amounts of card payments, all in one statement; the learner's credit is locked."""
    by_id: dict[int, int] = {}
    for portion in portions:
        by_id[portion.id] = by_id.get(portion.id, 0) + portion.cents
    added = Case(
        *[When(pk=pk, then=Value(cents)) for pk, cents in by_id.items()],
        output_field=BigIntegerField(),
    )
    TopUp.objects.filter(pk__in=by_id).update(**{field: F(field) + added})
