"""What makes terms valid: plain values in, plain values out.

The day of a booking is a day of the time zone stored on it (K-15). Its clock may skip or repeat an hour.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.errors import BadDuration, DateInThePast, DateTooFar, EndsAfterMidnight, HourDoesNotExist
from core.money import price_cents

DURATION_MIN = 15
DURATION_MAX = 480
DURATION_STEP = 5
DURATION_CHOICES = (30, 45, 60, 90, 120)
FARTHEST = timedelta(days=731)
WITHDRAWAL_PERIOD = timedelta(days=14)


@dataclass(frozen=True)
class Slot:
    """A planned interval, in UTC."""

    starts_at: datetime
    ends_at: datetime


def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a local hour, in UTC. An hour skipped by the clock change is refused; one that occurs twice means
    the first."""
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != wall:
        raise HourDoesNotExist
    return instant


def day_bounds(day: date, zone: ZoneInfo) -> Slot:
    """From the first to the last instant of a local day: 23, 24 or 25 hours."""

    def start_of(which: date) -> datetime:
        # Where midnight itself is skipped, fold 0 gives the instant of the change: the day's first.
        return datetime.combine(which, time(0), tzinfo=zone).astimezone(UTC)

    return Slot(start_of(day), start_of(day + timedelta(days=1)))


def planned_slot(day: date, at: time, duration_minutes: int, zone: ZoneInfo, now: datetime) -> Slot:
    """The interval of a proposal, checked against every rule of K-15."""
    check_duration(duration_minutes)
    _check_day(day, now)
    starts_at = local_instant(day, at, zone)
    if starts_at <= now:
        raise DateInThePast
    ends_at = starts_at + timedelta(minutes=duration_minutes)
    if ends_at > day_bounds(day, zone).ends_at:
        raise EndsAfterMidnight
    return Slot(starts_at, ends_at)


def _check_day(day: date, now: datetime) -> None:
    """Roughly, before any arithmetic: the first and the last days of the calendar have no neighbours."""
    if day < now.date() - timedelta(days=1):
        raise DateInThePast
    if day > now.date() + FARTHEST:
        raise DateTooFar


def check_duration(minutes: int) -> None:
    if not DURATION_MIN <= minutes <= DURATION_MAX or minutes % DURATION_STEP:
        raise BadDuration


def maximum_cents(hourly_rate_cents: int, duration_minutes: int) -> int:
    """The most a booking can cost: what is blocked at payment."""
    return price_cents(hourly_rate_cents, duration_minutes * 60)


def lapse_of_version(now: datetime, starts_at: datetime, lapse: timedelta) -> datetime:
    """An open version lapses after some days, or at its own start if that is earlier (K-14)."""
    return min(now + lapse, starts_at)


def end_of_payment_window(now: datetime, starts_at: datetime, window: timedelta) -> datetime:
    return min(now + window, starts_at)


def content_hash(terms: dict[str, Any]) -> str:
    """The identity of terms: two people agree when they accepted the same hash (SK-63)."""
    plain = {key: _plain(value) for key, value in terms.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if value is None or isinstance(value, int) else str(value)


def is_agreed(acceptances: Iterable[tuple[int, str]], learner_id: int, mentor_id: int, content: str) -> bool:
    """Whether both people accepted exactly this content. `acceptances` are pairs (person, hash)."""
    agreed = {person for person, accepted in acceptances if accepted == content}
    return {learner_id, mentor_id} <= agreed


def needs_early_start(now: datetime, starts_at: datetime) -> bool:
    """Whether the service starts within the 14 days of withdrawal, so that the consumer must ask for it."""
    return starts_at < now + WITHDRAWAL_PERIOD
