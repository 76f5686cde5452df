"""One figure a function, read from the database: what Prometheus and the health page of the team both say."""

from datetime import datetime, timedelta

from django.db.models import Sum

from billing.models import Reconciliation, Settlement, StripeEvent, StripeImport
from billing.services.payouts import overdue
from notifications.selectors import failing_count
from sessions_video.models import Lease, VideoSession

DAY = timedelta(days=1)


def rooms_open() -> int:
    """Rooms with somebody in them."""
    return Lease.objects.filter(closed_at=None).order_by().values("video_session").distinct().count()


def rooms_metering() -> int:
    """Rooms whose time counts now. A room that has not ended has a next action: the index is on that."""
    return VideoSession.objects.filter(next_action_at__isnull=False, running_since__isnull=False).count()


def metered_seconds(now: datetime) -> int:
    """Billed by what was settled within a day."""
    settled = Settlement.objects.filter(settled_at__gt=now - DAY)
    return settled.aggregate(seconds=Sum("billed_seconds"))["seconds"] or 0


def payouts_overdue(now: datetime) -> int:
    return overdue(now).count()


def webhooks_given_up() -> int:
    return StripeEvent.objects.given_up().count()


def emails_failing() -> int:
    return failing_count()


def last_reconciliation() -> Reconciliation | None:
    return Reconciliation.objects.order_by("finished_at").last()


def last_reading_of_stripe() -> StripeImport | None:
    return StripeImport.objects.order_by("pk").last()
