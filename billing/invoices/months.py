"""Months as the law counts them: by the day written on documents."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

# Commissions are invoiced once nothing of the month is still being written.
CLOSED_AT = time(4)


@dataclass(frozen=True, order=True)
class Month:
    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @property
    def next(self) -> "Month":
        return Month.of(self.first + timedelta(days=31))

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        return _at(self.first, time())

    @property
    def ends_at(self) -> datetime:
        """The first instant that is no longer in it."""
        return self.next.starts_at

    @property
    def closes_at(self) -> datetime:
        return _at(self.next.first, CLOSED_AT)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def last_closed(now: datetime) -> Month:
    current = Month.of(now.astimezone(_zone()).date())
    before = Month.of(current.first - timedelta(days=1))
    return before if before.closes_at <= now else Month.of(before.first - timedelta(days=1))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, _zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
