"""Telling both people, in the thread and by notice, what happened to their booking (SK-57, SK-68, SK-70, SK-76)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.models import Booking, BookingVersion
from bookings.services.calendars import calendar_attachment
from messaging.models import Thread
from messaging.services import get_or_create_thread, post_card
from notifications.services import notify


def thread_of(booking: Booking, now: datetime | None = None) -> Thread:
    return get_or_create_thread(one=booking.learner, other=booking.mentor, now=now)


def post(
    booking: Booking, event: str, thread: Thread | None = None, /, *, author: User | None, now: datetime, **data: Any
) -> None:
    """A card about what just happened. `version` is the one the card speaks about; `thread`, when it was opened."""
    post_card(
        thread=thread or thread_of(booking, now),
        kind="booking",
        reference=booking.ledger_reference,
        data={"event": event, "version": booking.version, **data},
        author=author,
        now=now,
    )


def tell(
    booking: Booking,
    kind: str,
    recipients: Iterable[User],
    *,
    now: datetime,
    url: str = "",
    calendar: str = "",
    version: BookingVersion | None = None,
    context: Mapping[str, Any] | None = None,
) -> None:
    """One notice per recipient. `calendar` is the method of the calendar file to attach, if any.

    `version`, the current one, is read when it is not given.
    """
    current = version or booking.current_version()
    for recipient in recipients:
        notify(
            recipient=recipient,
            kind=f"bookings.{kind}",
            url=url or booking.get_absolute_url(),
            reference=booking.ledger_reference,
            context={
                "booking": booking,
                "version": current,
                "other": booking.other(recipient),
                "is_learner": recipient.pk == booking.learner_id,
                **(context or {}),
            },
            attachments=[calendar_attachment(booking, recipient, calendar)] if calendar else [],
            now=now,
        )


def both(booking: Booking) -> tuple[User, User]:
    return booking.learner, booking.mentor
