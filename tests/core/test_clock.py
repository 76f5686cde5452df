"""The movable clock."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core.clock import ShiftedClock, SystemClock, database_now, get_clock, now, to_ms


@pytest.fixture
def clock() -> ShiftedClock:
    found = get_clock()
    assert isinstance(found, ShiftedClock)
    return found


def test_the_clock_starts_at_real_time() -> None:
    assert abs(now() - timezone.now()) < timedelta(seconds=1)


def test_advancing_moves_now_for_every_reader(clock: ShiftedClock) -> None:
    clock.advance(timedelta(hours=3))
    clock.advance(timedelta(minutes=30))
    assert abs(now() - timezone.now() - timedelta(hours=3.5)) < timedelta(seconds=1)
    assert ShiftedClock().offset() == timedelta(hours=3.5)


def test_a_shift_does_not_reach_the_next_test() -> None:
    assert abs(now() - timezone.now()) < timedelta(seconds=1)


def test_the_clock_never_goes_back(clock: ShiftedClock) -> None:
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))


def test_reset_returns_to_real_time(clock: ShiftedClock) -> None:
    clock.advance(timedelta(days=2))
    clock.reset()
    assert clock.offset() == timedelta(0)


@pytest.mark.django_db
def test_the_database_clock_is_shifted_too(clock: ShiftedClock) -> None:
    clock.advance(timedelta(days=1))
    assert abs(database_now() - now()) < timedelta(seconds=2)


@pytest.mark.django_db
def test_the_database_clock_moves_inside_a_transaction() -> None:
    assert database_now() < database_now()


def test_the_system_clock_has_no_offset() -> None:
    assert SystemClock().offset() == timedelta(0)


def test_milliseconds_are_whole() -> None:
    assert to_ms(datetime.fromisoformat("1970-01-01T00:00:01.234+00:00")) == 1234
