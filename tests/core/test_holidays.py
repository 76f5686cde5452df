"""Days on which nobody works in France."""

from datetime import date

import pytest

from core.holidays import easter, holidays, is_day_off


@pytest.mark.parametrize(
    "day",
    [
        # The earliest and the latest there are, both exceptions of the rule, and the years to come.
        *("1818-03-22", "1943-04-25", "2038-04-25", "1954-04-18", "1981-04-19", "2000-04-23"),
        *("2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21"),
    ],
)
def test_easter(day: str) -> None:
    known = date.fromisoformat(day)
    assert easter(known.year) == known


def test_the_holidays_of_a_year() -> None:
    assert sorted(f"{day:%m-%d}" for day in holidays(2026)) == [
        *("01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"),
    ]


def test_week_ends_and_holidays_are_off() -> None:
    days = ("2026-11-21", "2026-11-22", "2026-11-23", "2027-05-14", "2027-05-17")
    assert [is_day_off(date.fromisoformat(day)) for day in days] == [True, True, False, False, True]
