"""Living in the past: this process alone is moved, and what becomes due on the way is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from config.celery import app as celery
from core.clock import ShiftedClock, get_clock

PARIS = ZoneInfo("Europe/Paris")


def _clock() -> ShiftedClock:
    clock = get_clock()
    if not isinstance(clock, ShiftedClock):
        raise TypeError("Only the demo's clock can be moved.")
    return clock


@contextmanager
def moved_clock() -> Iterator[None]:
    """Back to the present at the end, whatever happens."""
    clock = _clock()
    try:
        yield
    finally:
        clock.here = timedelta(0)


def travel_to(moment: datetime) -> None:
    clock = _clock()
    clock.here = timedelta(0)
    clock.here = moment - (timezone.now() + clock.offset())


def wait(seconds: float) -> None:
    _clock().here += timedelta(seconds=seconds)


# Slow, and dated by the fact they follow: the workers do them once the demo runs. The check of the books would miss
# the files of the invoices.
LEFT_TO_WORKERS = {
    "billing.render_due_invoices",
    "billing.reconcile",
    "billing.reconcile_missed",
    "notifications.send_due_emails",
}


def run_due_jobs() -> None:
    """What the workers would do in this minute, here and now."""
    celery.loader.import_default_modules()
    for name in sorted(celery.conf.beat_schedule.keys() - LEFT_TO_WORKERS):
        celery.tasks[name].apply(throw=True)


def local(day: date, at: str) -> datetime:
    """`local(day, "18:30")`: that hour in Paris."""
    return datetime.combine(day, time.fromisoformat(at), PARIS)
