"""« Signaler un problème »: what the team reads when a call went wrong."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from core import clock
from core.limits import is_allowed
from notifications.services.notices import notify
from sessions_video.errors import TooManyReports
from sessions_video.models import RoomReport, VideoSession

MOST_REPORTS, WITHIN_SECONDS = 6, 3600


def report_problem(
    *,
    video_session: VideoSession,
    by: User,
    client_id: UUID,
    topic: str,
    words: str,
    statistics: dict[str, Any],
    now: datetime | None = None,
) -> RoomReport:
    """Keep the report and thank its author; the same client id again returns the one already there."""
    known = RoomReport.objects.filter(author=by, client_id=client_id).first()
    if known is not None:
        return known
    if not is_allowed("room-report", str(by.pk), most=MOST_REPORTS, seconds=WITHIN_SECONDS):
        raise TooManyReports
    given = {"video_session": video_session, "topic": topic, "words": words, "statistics": statistics}
    with transaction.atomic():
        report, is_new = RoomReport.objects.get_or_create(
            author=by, client_id=client_id, defaults={**given, "created_at": now or clock.now()}
        )
        if is_new:
            _thank(report)
    return report


def _thank(report: RoomReport) -> None:
    booking = report.video_session.booking
    notify(
        recipient=report.author,
        kind="sessions_video.report_received",
        url=reverse("bookings:detail", args=[booking.reference]),
        reference=booking.reference,
        context={"booking": booking, "other_name": booking.other(report.author).get_short_name()},
        now=report.created_at,
    )
