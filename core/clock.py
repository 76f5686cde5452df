"""The only clock of the product.

`settings.CLOCK` names its class: `SystemClock` on real servers, `ShiftedClock` in the demo and the tests, where time
can be moved forward. Stripe's signatures, cookies and Celery keep real time.
"""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string


class Clock(Protocol):
    def offset(self) -> timedelta:
        """How far this clock runs ahead of the system's."""


class SystemClock:
    def offset(self) -> timedelta:
        return timedelta(0)


class ShiftedClock:
    """Adds the number of seconds found in `settings.CLOCK_OFFSET_FILE`, shared by every process of the demo.

    `here` shifts this process alone: the demo world is lived through in the past, day by day, before anybody looks.
    """

    def __init__(self) -> None:
        self.here = timedelta(0)
        self._read_at: int | None = None
        self._offset = timedelta(0)

    @property
    def _file(self) -> Path:
        return Path(settings.CLOCK_OFFSET_FILE)

    def offset(self) -> timedelta:
        return self._shared() + self.here

    def _shared(self) -> timedelta:
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            self._read_at = None
            self._offset = timedelta(0)
            return self._offset
        if changed != self._read_at:
            self._offset = timedelta(seconds=float(self._file.read_text() or "0"))
            self._read_at = changed
        return self._offset

    def advance(self, by: timedelta) -> None:
        """Move every process's time forward. Time never goes back: segments and deadlines already refer to it."""
        if by < timedelta(0):
            raise ValueError("The clock only moves forward.")
        total = self._shared() + by
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(total.total_seconds()))
        fresh.replace(self._file)

    def reset(self) -> None:
        self.here = timedelta(0)
        self._file.unlink(missing_ok=True)


@cache
def get_clock() -> Clock:
    clock: Clock = import_string(settings.CLOCK)()
    return clock


def offset() -> timedelta:
    return get_clock().offset()


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now() + offset()


def database_now() -> datetime:
    """The database's wall clock at this statement: what every process agrees on.

    Call it after the row lock was obtained: `now()` and Django's `Now()` give the start of the transaction instead.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        value: datetime = cursor.fetchone()[0]
    return value + offset()


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, the unit of the meter."""
    return round(moment.timestamp() * 1000)


def database_now_ms() -> int:
    return to_ms(database_now())
