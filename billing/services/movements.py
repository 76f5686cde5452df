"""Stripe's own account of our balance, copied line by line and held against the ledger.

It is also the last messenger: a refund that failed, a dispute, a fee nobody told us about are found here, so that
nothing depends on a webhook.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from billing.gateway import Movement, get_gateway
from billing.models import LedgerTransaction, StripeImport, StripeMovement
from billing.services import disputes, matching
from core import clock

log = logging.getLogger(__name__)

# Lines may become visible a little late, and our clock is not Stripe's: each reading goes over the end of the last.
OVERLAP = timedelta(hours=6)
# Before the first card payment nothing concerns the ledger.
BEFORE_THE_FIRST = timedelta(days=1)
BATCH = 500


def read_movements(*, now: datetime | None = None) -> StripeImport:
    """Copy Stripe's lines since the last reading and find the ledger transaction of each. Never inside a transaction.

    A reading that breaks leaves what it copied, and is done again from where the last complete one began. Raises
    GatewayError.
    """
    moment = now or clock.now()
    # Stripe dates its lines in real time.
    until = moment - clock.offset()
    since = _since(until)
    added = sum(_keep(rows) for rows in _batches(get_gateway().balance_movements(since=since)))
    disputes.read_disputes(since=since, now=moment)
    matching.match_open(now=moment)
    return StripeImport.objects.create(until=until, finished_at=max(moment, clock.now()), movements=added)


def _since(until: datetime) -> datetime:
    last = StripeImport.objects.order_by("until").last()
    if last:
        return min(last.until, until) - OVERLAP
    first = LedgerTransaction.objects.filter(kind="topup").order_by("pk").first()
    return (first.created_at.astimezone(UTC) if first else until) - BEFORE_THE_FIRST


def _batches(rows: Iterable[Movement]) -> Iterable[list[Movement]]:
    batch: list[Movement] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep(rows: list[Movement]) -> int:
    """Copy lines, each once; how many were new."""
    known = set(
        StripeMovement.objects.filter(stripe_id__in=[row.id for row in rows]).values_list("stripe_id", flat=True)
    )
    fresh = [
        StripeMovement(
            stripe_id=row.id,
            kind=row.kind[:60],
            amount_cents=row.amount_cents,
            fee_cents=row.fee_cents,
            source=row.source,
            created_at=row.created_at,
        )
        for row in rows
        if row.id not in known
    ]
    StripeMovement.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
