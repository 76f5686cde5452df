"""Handing the result over to the booking: in a following transaction that starts with the booking's lock."""

import logging

from django.db import transaction

from bookings.models import Booking
from bookings.services import close_booking, mark_in_progress, mark_not_held
from core import clock
from sessions_video.models import VideoSession
from sessions_video.selectors import service_period
from sessions_video.states import Cause

log = logging.getLogger(__name__)


def hand_over(*, video_session_id: int) -> bool:
    """Close the booking of an ended session, once. False when it has to be tried again by the next sweep."""
    try:
        _hand_over(video_session_id)
    except Exception:
        log.exception("video session %s is not handed over yet", video_session_id)
        return False
    return True


@transaction.atomic
def _hand_over(video_session_id: int) -> None:
    booking = Booking.objects.select_for_update().get(video_session=video_session_id)
    ended = VideoSession.objects.to_close().select_for_update(of=("self",)).filter(pk=video_session_id).first()
    if ended is None:
        return
    if ended.end_reason == Cause.DAY_OVER and not ended.billed_seconds:
        mark_not_held(booking=booking)
    else:
        period = service_period(ended)
        close_booking(
            booking=booking,
            billed_seconds=ended.billed_seconds,
            started_at=period[0] if period else None,
            ended_at=period[1] if period else None,
            reason=ended.end_reason,
        )
    ended.handed_over_at = clock.now()
    ended.save(update_fields=["handed_over_at"])


@transaction.atomic
def mark_begun(*, video_session_id: int) -> None:
    """Tell the booking that a second was billed for good: from now on nobody cancels it."""
    booking = Booking.objects.select_for_update().get(video_session=video_session_id)
    row = VideoSession.objects.select_for_update(of=("self",)).get(pk=video_session_id)
    if row.in_progress_at is None and row.handed_over_at is None:
        mark_in_progress(booking=booking)
        row.in_progress_at = clock.now()
        row.save(update_fields=["in_progress_at"])


def close_ended(limit: int = 100) -> int:
    """Hand over what a crash left between the end of a room and its booking."""
    waiting = VideoSession.objects.to_close().order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(hand_over(video_session_id=pk) for pk in list(waiting))
