"""Keeping a mentor's money back while a complaint, an open case or a card dispute is undecided (SK-52).

The payout's row lock decides between a suspension and the sweep that sends it. Each cause is a row; the payout leaves
when the last one is lifted.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from billing.errors import NotRetriable
from billing.models import Dispute, Payout, PayoutSuspension
from billing.services import payout_news
from billing.services._payout_moves import _move, announce, lock_of
from billing.states import DisputeStatus, PayoutStatus
from core import clock

KEPT_HERE = frozenset({PayoutStatus.SCHEDULED, PayoutStatus.FAILED, PayoutStatus.SUSPENDED})


@transaction.atomic
def suspend(*, reference: str, cause: str, now: datetime | None = None) -> bool:
    """Keep what a booking pays its mentor until `cause` is lifted. Repeating changes nothing.

    False when nothing can be held back for sure: it is leaving, left, was canceled, or there is no payout. What a
    payout on its way has not asked Stripe for yet is kept all the same.
    """
    moment = now or clock.now()
    payout = lock_of(reference)
    if payout is None or not payout.parts.unsent().exists():
        return False
    note_causes(payout, [cause], moment)
    if payout.status not in KEPT_HERE:
        return False
    if payout.status != PayoutStatus.SUSPENDED:
        stop(payout, cause, moment)
    return True


@transaction.atomic
def lift(*, reference: str, cause: str, now: datetime | None = None) -> bool:
    """The cause is gone. True when it was the last one, and the payout may leave."""
    moment = now or clock.now()
    payout = lock_of(reference)
    if payout is None:
        return False
    PayoutSuspension.objects.filter(payout=payout, cause=cause, lifted_at=None).update(lifted_at=moment)
    if payout.status != PayoutStatus.SUSPENDED or causes_of(payout):
        return False
    _move(payout, PayoutStatus.SCHEDULED, attempts=0, next_attempt_at=moment, last_error="")
    payout_news.tell_released(payout, now=moment)
    announce(payout)
    return True


@transaction.atomic
def retry(*, reference: str, now: datetime | None = None) -> Payout:
    """Staff let a payout try again that was given up after its tries. Raises NotRetriable."""
    payout = lock_of(reference)
    if payout is None or payout.status != PayoutStatus.FAILED:
        raise NotRetriable
    _move(payout, PayoutStatus.SCHEDULED, attempts=0, next_attempt_at=now or clock.now())
    announce(payout)
    return payout


def stop(payout: Payout, cause: str, now: datetime) -> None:
    """Suspend a locked payout whose causes are noted; `cause` is the one its mentor is told."""
    _move(payout, PayoutStatus.SUSPENDED)
    payout_news.tell_suspended(payout, cause=cause, now=now)
    announce(payout)


def note_causes(payout: Payout, causes: Iterable[str], now: datetime) -> None:
    rows = [PayoutSuspension(payout=payout, cause=cause, opened_at=now) for cause in causes]
    PayoutSuspension.objects.bulk_create(rows, ignore_conflicts=True)


def causes_of(payout: Payout) -> list[str]:
    """Why it waits, the oldest reason first."""
    rows = PayoutSuspension.objects.filter(payout=payout, lifted_at=None)
    return list(rows.order_by("pk").values_list("cause", flat=True))


def dispute_causes(top_ups: Collection[int] | QuerySet[Any, int]) -> list[str]:
    """Why nothing funded by these card payments may leave: their open disputes."""
    found = Dispute.objects.filter(top_up__in=top_ups, status=DisputeStatus.OPEN)
    return [f"dispute:{stripe_id}" for stripe_id in found.order_by("pk").values_list("stripe_id", flat=True)]
