"""The room of a confirmed booking, and its end when the booking is canceled."""

from django.db import transaction

from bookings.errors import AlreadyStarted
from bookings.models import Booking
from core import clock, values
from sessions_video.models import VideoSession
from sessions_video.services.writer import locked_meter
from sessions_video.states import Cause

MS = 1000


@transaction.atomic
def open_room(*, booking: Booking) -> VideoSession:
    """Create the video session of a booking that was just confirmed; a repeat returns the same one."""
    day = booking.day_bounds
    day_end = clock.to_ms(day.ends_at)
    video_session, _ = VideoSession.objects.get_or_create(
        booking=booking,
        defaults={
            "day": booking.day,
            "time_zone": booking.time_zone,
            "day_start": clock.to_ms(day.starts_at),
            "day_end": day_end,
            "rate_cents": booking.hourly_rate_cents,
            "limit_ms": booking.duration_minutes * 60 * MS,
            "free_ms": values.value("free_seconds") * MS,
            "window_ms": values.value("limit_window_seconds") * MS,
            "next_action_at": day_end,
        },
    )
    return video_session


@transaction.atomic
def cancel_room(*, booking: Booking) -> None:
    """End the room of a booking that is being canceled; refused from the first billed second (K-1)."""
    found = VideoSession.objects.filter(booking=booking).values_list("pk", flat=True).first()
    if found is None:
        return
    with locked_meter(found) as turn:
        if turn.meter.billed_seconds(turn.t):
            raise AlreadyStarted
        turn.meter.end(turn.t, Cause.CANCELED)
        # The booking ends by itself: nothing is left to hand over.
        turn.row.handed_over_at = clock.now()
