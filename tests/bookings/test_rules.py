from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings import rules
from bookings.errors import BadDuration, DateInThePast, DateTooFar, EndsAfterMidnight, HourDoesNotExist

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)


def slot(day: date, at: time, minutes: int = 60, zone: ZoneInfo = PARIS, now: datetime = NOW) -> rules.Slot:
    return rules.planned_slot(day, at, minutes, zone, now)


@pytest.mark.requirement("K-15")
def test_a_local_hour_is_one_instant() -> None:
    assert slot(date(2026, 12, 8), time(14, 0)) == rules.Slot(
        datetime(2026, 12, 8, 13, 0, tzinfo=UTC), datetime(2026, 12, 8, 14, 0, tzinfo=UTC)
    )


@pytest.mark.requirement("K-15")
def test_an_hour_skipped_by_the_clock_change_is_refused() -> None:
    with pytest.raises(HourDoesNotExist):
        slot(SPRING, time(2, 30))
    assert slot(SPRING, time(3, 0)).starts_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert slot(SPRING, time(1, 55)).starts_at == datetime(2026, 3, 29, 0, 55, tzinfo=UTC)


@pytest.mark.requirement("K-15")
def test_an_hour_that_occurs_twice_means_the_first() -> None:
    assert slot(AUTUMN, time(2, 30)).starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert slot(AUTUMN, time(2, 30, fold=1)).starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert slot(AUTUMN, time(3, 0)).starts_at == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@pytest.mark.requirement("K-15", "SK-82")
def test_the_days_of_the_clock_changes_have_23_and_25_hours() -> None:
    for day, hours in ((SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)):
        bounds = rules.day_bounds(day, PARIS)
        assert bounds.ends_at - bounds.starts_at == timedelta(hours=hours)


@pytest.mark.requirement("K-15")
def test_a_session_must_end_by_midnight_of_its_day() -> None:
    day = date(2026, 12, 8)
    assert slot(day, time(23, 0)).ends_at == datetime(2026, 12, 8, 23, 0, tzinfo=UTC)
    with pytest.raises(EndsAfterMidnight):
        slot(day, time(23, 5))


@pytest.mark.requirement("K-15")
def test_midnight_is_judged_on_the_local_clock_of_the_change() -> None:
    # From 20:00 in autumn eight hours would pass midnight all the same; at 01:00 they do not, whatever the clock does.
    assert slot(AUTUMN, time(1, 0), 480).ends_at == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
    with pytest.raises(EndsAfterMidnight):
        slot(SPRING, time(20, 0), 480)


def test_a_day_that_begins_at_one_o_clock_still_has_bounds() -> None:
    # In Cairo the clock goes from 00:00 to 01:00 on 2026-04-24: midnight itself does not exist.
    cairo = ZoneInfo("Africa/Cairo")
    bounds = rules.day_bounds(date(2026, 4, 24), cairo)
    assert bounds.starts_at == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert bounds.ends_at - bounds.starts_at == timedelta(hours=23)
    assert slot(date(2026, 4, 23), time(23, 0), zone=cairo).ends_at == bounds.starts_at


def test_the_past_is_refused() -> None:
    now = datetime(2026, 12, 8, 13, 0, tzinfo=UTC)
    with pytest.raises(DateInThePast):
        slot(date(2026, 12, 8), time(14, 0), now=now)
    assert slot(date(2026, 12, 8), time(14, 5), now=now).starts_at > now


@pytest.mark.parametrize("minutes", [0, 10, 14, 61, 63, 485, -30])
def test_lengths_are_15_to_480_minutes_in_steps_of_5(minutes: int) -> None:
    with pytest.raises(BadDuration):
        rules.check_duration(minutes)


@given(minutes=st.integers(3, 96).map(lambda step: step * 5), rate=st.integers(1, 100_000))
def test_the_maximum_is_the_price_of_the_planned_time(minutes: int, rate: int) -> None:
    assert rules.maximum_cents(rate, minutes) == rate * minutes * 60 // 3600


@given(
    day=st.dates(date(2026, 1, 2), date(2027, 12, 31)),
    at=st.times().map(lambda value: value.replace(second=0, microsecond=0)),
    minutes=st.sampled_from([15, 60, 480]),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Africa/Cairo", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_a_slot_lies_within_its_day_and_reads_back_as_typed(day: date, at: time, minutes: int, zone: str) -> None:
    where = ZoneInfo(zone)
    try:
        found = rules.planned_slot(day, at, minutes, where, NOW)
    except (EndsAfterMidnight, HourDoesNotExist):
        return
    bounds = rules.day_bounds(day, where)
    assert bounds.starts_at <= found.starts_at < found.ends_at <= bounds.ends_at
    local = found.starts_at.astimezone(where)
    assert (local.date(), local.time().replace(fold=0)) == (day, at)
    assert found.ends_at - found.starts_at == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("day", "error"),
    [
        (date.min, DateInThePast),
        (date(2025, 12, 31), DateInThePast),
        (date(2028, 1, 3), DateTooFar),
        (date.max, DateTooFar),
    ],
)
def test_days_without_a_session_are_refused_before_any_arithmetic(day: date, error: type[Exception]) -> None:
    with pytest.raises(error):
        slot(day, time(0, 0))


def test_a_version_lapses_after_seven_days_or_at_its_own_start() -> None:
    week = timedelta(days=7)
    soon, late = NOW + timedelta(hours=3), NOW + timedelta(days=30)
    assert rules.lapse_of_version(NOW, soon, week) == soon
    assert rules.lapse_of_version(NOW, late, week) == NOW + week


def test_the_early_start_is_asked_within_the_fourteen_days() -> None:
    assert rules.needs_early_start(NOW, NOW + timedelta(days=13))
    assert not rules.needs_early_start(NOW, NOW + timedelta(days=14))


@pytest.mark.requirement("SK-63")
@given(
    accepted=st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(["aa", "bb"])), max_size=8),
    content=st.sampled_from(["aa", "bb"]),
)
def test_an_agreement_is_two_people_and_one_content(accepted: list[tuple[int, str]], content: str) -> None:
    agreed = rules.is_agreed(accepted, 1, 2, content)
    assert agreed == ((1, content) in accepted and (2, content) in accepted)
