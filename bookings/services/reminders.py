"""Reminders before a confirmed session, and before an unanswered proposal lapses: rows with a due date."""

from datetime import datetime, timedelta

from django.db import transaction

from bookings.models import Booking, Reminder
from bookings.services import news
from bookings.states import FINAL, OPEN, ReminderKind
from core import clock

BEFORE = {ReminderKind.DAY_BEFORE: timedelta(hours=24), ReminderKind.HOUR_BEFORE: timedelta(hours=1)}


LAPSE_NOTICE = timedelta(hours=24)


def plan_reminders(booking: Booking, now: datetime) -> None:
    """Before the hour people mean to meet; planned anew when they agree on another (K-1)."""
    Reminder.objects.filter(booking=booking, kind=ReminderKind.LAPSING, sent_at=None).delete()
    for kind, before in BEFORE.items():
        _plan(booking, kind, booking.meets_at - before, now)


def plan_lapse_notice(booking: Booking, now: datetime) -> None:
    """A day before the open version lapses (N-7)."""
    _plan(booking, ReminderKind.LAPSING, booking.expires_at - LAPSE_NOTICE, now)


def _plan(booking: Booking, kind: ReminderKind, due_at: datetime, now: datetime) -> None:
    """A reminder whose time is already past is not made: what has just been sent says it."""
    if due_at > now:
        planned = Reminder(booking=booking, kind=kind, due_at=due_at, sent_at=None)
        Reminder.objects.bulk_create(
            [planned], update_conflicts=True, unique_fields=["booking", "kind"], update_fields=["due_at", "sent_at"]
        )
    else:
        Reminder.objects.filter(booking=booking, kind=kind, sent_at=None).delete()


def due_reminder_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Reminder.objects.due(now or clock.now())
    return list(due.order_by("due_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def send_reminder(*, reminder_id: int, now: datetime | None = None) -> bool:
    """Remind both people once. A reminder that came too late, or of what is over, is only put away."""
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
    if reminder.kind == ReminderKind.LAPSING:
        return _warn_of_lapse(booking, moment)
    if booking.status not in FINAL or booking.meets_at <= moment:
        return False
    news.tell(booking, "reminder", news.both(booking), now=moment, context={"reminder": reminder})
    return True


def _warn_of_lapse(booking: Booking, now: datetime) -> bool:
    """In the thread for both, who read the same line, and by e-mail to each."""
    if booking.status not in OPEN or booking.expires_at <= now:
        return False
    news.post(booking, "lapsing", author=None, now=now)
    news.tell(booking, "lapsing", news.both(booking), now=now, context={"awaited": booking.awaits})
    return True
