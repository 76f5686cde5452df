"""The only place that writes a booking's status."""

from datetime import datetime

from accounts.models import User
from bookings.models import Booking, BookingEvent
from bookings.states import ALLOWED, Status
from core.observation import occasion
from core.states import check_move


def lock(booking: Booking) -> Booking:
    """The same booking, fresh and locked until the end of the transaction; its two people are those already read."""
    fresh = Booking.objects.select_for_update().get(pk=booking.pk)
    for side in ("learner", "mentor"):
        if side in booking._state.fields_cache:
            setattr(fresh, side, getattr(booking, side))
    occasion.note(booking=fresh.reference)
    return fresh


def _move(booking: Booking, to: Status, *, by: User | None, now: datetime, reason: str = "") -> None:
    """Change the status of a locked booking and keep the trace of it. Saves every field."""
    check_move(ALLOWED, booking.status, to)
    event = BookingEvent(booking=booking, from_status=booking.status, to_status=to, actor=by, reason=reason, at=now)
    booking.status = to
    booking.save()
    event.save()
