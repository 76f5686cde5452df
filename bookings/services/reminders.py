"""Reminders 24 hours and 1 hour before a confirmed session: rows with a due date."""

from datetime import datetime, timedelta

from django.db import transaction

from bookings.models import Booking, Reminder
from bookings.services import news
from bookings.states import FINAL, ReminderKind
from core import clock

BEFORE = {ReminderKind.DAY_BEFORE: timedelta(hours=24), ReminderKind.HOUR_BEFORE: timedelta(hours=1)}


def plan_reminders(booking: Booking, now: datetime) -> None:
    """A reminder whose time is already past is not made: the confirmation itself says it."""
    Reminder.objects.bulk_create(
        (
            Reminder(booking=booking, kind=kind, due_at=booking.starts_at - before)
            for kind, before in BEFORE.items()
            if booking.starts_at - before > now
        ),
        ignore_conflicts=True,
    )


def due_reminder_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Reminder.objects.filter(sent_at=None, due_at__lte=now or clock.now())
    return list(due.order_by("due_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def send_reminder(*, reminder_id: int, now: datetime | None = None) -> bool:
    """Remind both people once. A reminder found after the start (or after a cancellation) is only put away."""
    moment = now or clock.now()
    reminder = (
        Reminder.objects.filter(pk=reminder_id, sent_at=None, due_at__lte=moment)
        .select_for_update(skip_locked=True)
        .first()
    )
    if reminder is None:
        return False
    reminder.sent_at = moment
    reminder.save(update_fields=["sent_at"])
    booking = Booking.objects.with_people().get(pk=reminder.booking_id)
    if booking.status not in FINAL or booking.starts_at <= moment:
        return False
    news.tell(booking, "reminder", news.both(booking), now=moment, context={"reminder": reminder})
    return True
