"""Which card payment stands behind which blocked amount, first in first out.

It says which transfer names which charge, which card a refund goes to, what a dispute touches. The caller holds the
lock of the learner's credit (`learner.available`), so that two holds never take the same euro.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from accounts.models import User
from billing.errors import UnfundedCredit
from billing.models import ChargeAllocation, Dispute, Hold, TopUp
from billing.rules import Portion, take_in_order, take_latest, total
from billing.states import DisputeStatus, TopUpOrigin, TopUpStatus

FREE = F("amount_cents") - F("allocated_cents") - F("refunded_cents") - F("lost_cents")


# A booking's card payments, locked with what it holds of them; and how their cardholder's disputes stand.
BEHIND = """
SELECT allocation.id, allocation.top_up_id, allocation.amount_cents, allocation.released_cents, top_up.origin,
       top_up.paid_at, ARRAY(SELECT dispute.status FROM billing_dispute dispute
                              WHERE dispute.top_up_id = allocation.top_up_id)
  FROM billing_chargeallocation allocation JOIN billing_topup top_up ON top_up.id = allocation.top_up_id
 WHERE allocation.hold_id = ANY(%s) ORDER BY allocation.id FOR UPDATE OF allocation
"""
RELEASE = """
UPDATE billing_chargeallocation allocation SET released_cents = released_cents + released.cents
  FROM unnest(%s::bigint[], %s::bigint[]) AS released (id, cents) WHERE allocation.id = released.id
"""
ADD = """
UPDATE billing_topup top_up SET {field} = {field} + added.cents
  FROM unnest(%s::bigint[], %s::bigint[]) AS added (id, cents) WHERE top_up.id = added.id
"""


@dataclass
class Allocation:
    """What a booking holds of one card payment."""

    id: int
    top_up_id: int
    amount_cents: int
    released_cents: int
    origin: str
    paid_at: datetime | None
    disputes: list[str]

    @property
    def kept_cents(self) -> int:
        return self.amount_cents - self.released_cents


@dataclass(frozen=True)
class Funding:
    """The card payments behind a booking, the oldest first."""

    allocations: Sequence[Allocation]

    @property
    def kept(self) -> list[Portion]:
        """What stays behind the booking, by card payment."""
        return [Portion(row.top_up_id, row.kept_cents) for row in self.allocations]

    @property
    def without_card(self) -> set[int]:
        """Those no transfer can name: the platform gave them, or the cardholder's bank took them back."""
        rows = self.allocations
        return {r.top_up_id for r in rows if r.origin == TopUpOrigin.GOODWILL or DisputeStatus.LOST in r.disputes}

    @property
    def last_payment(self) -> datetime | None:
        """When the latest of the card payments that still fund the booking was made."""
        dates = [row.paid_at for row in self.allocations if row.kept_cents]
        return max((date for date in dates if date), default=None)

    @property
    def disputed(self) -> list[int]:
        """Those whose cardholder asks his bank for the money back, when they were read."""
        return [row.top_up_id for row in self.allocations if DisputeStatus.OPEN in row.disputes]


def allocate(hold: Hold) -> None:
    """Cover a new hold with the oldest paid card payments that still have something left."""
    taken = _take(hold.amount_cents, _left(_free(hold.learner)))
    ChargeAllocation.objects.bulk_create(
        ChargeAllocation(top_up_id=portion.id, hold=hold, amount_cents=portion.cents) for portion in taken
    )
    _add("allocated_cents", taken)


def give_back(learner: User, amount_cents: int) -> list[Portion]:
    """Take free credit out, to be refunded to the cards that paid it, the oldest first."""
    top_ups = TopUp.objects.filter(user=learner).refundable().select_for_update(of=("self",))
    taken = _take(amount_cents, [Portion(top_up.pk, top_up.refundable_cents) for top_up in top_ups])
    _add("refunded_cents", taken)
    return taken


def take_back(top_up_id: int, amount_cents: int) -> None:
    """A refund did not arrive: its money is credit again."""
    _add("refunded_cents", [Portion(top_up_id, -amount_cents)])


def lose(learner: User, amount_cents: int, *, first: TopUp | None = None) -> None:
    """Take free credit out for what a lost dispute took from the platform: from `first`, then the oldest first."""
    top_ups = sorted(_free(learner), key=lambda top_up: first is None or top_up.pk != first.pk)
    _add("lost_cents", _take(amount_cents, _left(top_ups)))


def regain(learner: User, amount_cents: int, *, first: TopUp) -> int:
    """Give back what `lose` took, as far as it took; how much.

    To `first`, then to payments that can be refunded, the latest of them first.
    """
    rows = TopUp.objects.select_for_update().filter(user=learner, status=TopUpStatus.PAID, lost_cents__gt=0)
    lost = set(Dispute.objects.filter(top_up__user=learner, status=DisputeStatus.LOST).values_list("top_up", flat=True))
    latest = list(rows.order_by("-paid_at", "-pk"))
    latest.sort(key=lambda top_up: (top_up.pk != first.pk, top_up.pk in lost))
    given = take_in_order(amount_cents, [Portion(top_up.pk, top_up.lost_cents) for top_up in latest])
    _add("lost_cents", [Portion(portion.id, -portion.cents) for portion in given])
    return total(given)


def release(holds: Sequence[Hold], amount_cents: int) -> Funding:
    """Give the latest allocations back to their card payments, and say what stays behind the booking.

    Also for a booking settled long ago, when an adjustment gives more of it back.
    """
    funding = Funding(_allocations(holds))
    by_id = {row.id: row for row in funding.allocations}
    released = take_latest(amount_cents, [Portion(row.id, row.kept_cents) for row in funding.allocations])
    for portion in released:
        by_id[portion.id].released_cents += portion.cents
    if released:
        _execute(RELEASE, released)
        _add("allocated_cents", [Portion(by_id[portion.id].top_up_id, -portion.cents) for portion in released])
    return funding


def _allocations(holds: Sequence[Hold]) -> list[Allocation]:
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [[hold.pk for hold in holds]])
        return [Allocation(*row) for row in cursor.fetchall()]


def _free(learner: User) -> list[TopUp]:
    """The paid card payments with something left, locked, oldest first."""
    rows = TopUp.objects.select_for_update().filter(user=learner, status=TopUpStatus.PAID)
    return list(rows.alias(free=FREE).filter(free__gt=0).order_by("paid_at", "pk"))


def _left(top_ups: Iterable[TopUp]) -> list[Portion]:
    return [Portion(top_up.pk, top_up.free_cents) for top_up in top_ups]


def _take(amount_cents: int, left: Sequence[Portion]) -> list[Portion]:
    taken = take_in_order(amount_cents, left)
    if total(taken) != amount_cents:
        raise UnfundedCredit(f"{total(taken)} of {amount_cents} cents come from a card payment")
    return taken


def _add(field: str, portions: Iterable[Portion]) -> None:
    """Add to one of the amounts of card payments, all in one statement; the learner's credit is locked."""
    by_id: dict[int, int] = {}
    for portion in portions:
        by_id[portion.id] = by_id.get(portion.id, 0) + portion.cents
    _execute(ADD.format(field=field), [Portion(top_up_id, cents) for top_up_id, cents in by_id.items()])


def _execute(statement: str, portions: Sequence[Portion]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [[portion.id for portion in portions], [portion.cents for portion in portions]])
