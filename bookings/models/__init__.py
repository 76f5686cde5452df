from bookings.models.booking import (
    Booking,
    BookingEvent,
    BookingQuerySet,
    BookingVersion,
    CalendarFeed,
    Cancellation,
    EarlyStartRequest,
    Reminder,
    TsTzRange,
    VersionAcceptance,
)
from bookings.models.joint import JointProposal
from bookings.models.suggestion import Suggestion

__all__ = [
    "Booking",
    "BookingEvent",
    "BookingQuerySet",
    "BookingVersion",
    "CalendarFeed",
    "Cancellation",
    "EarlyStartRequest",
    "JointProposal",
    "Reminder",
    "Suggestion",
    "TsTzRange",
    "VersionAcceptance",
]
