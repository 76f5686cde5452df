"""Choices of the community's filters, and what they mean in numbers."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class PriceBand:
    """Cents of an hourly rate: from included, to excluded."""

    from_cents: int
    to_cents: int | None


PRICE_BANDS: dict[str, PriceBand] = {
    "moins-de-40": PriceBand(0, 4_000),
    "40-a-60": PriceBand(4_000, 6_001),
    "plus-de-60": PriceBand(6_001, None),
}

# Names of the days in addresses, Monday first; `EVENINGS` beside a day means the evening of that day.
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
EVENINGS = "soir"
WEEK = 7

RELEVANCE = "pertinence"
CHEAPEST = "prix"
BEST_RATED = "note"

# The least mean of marks, in tenths.
MARKS = {"4": 40, "4,5": 45}


def day_bits(chosen: Collection[str]) -> int:
    """What to look for in the `days` of a listing; nothing chosen is 0."""
    bits = sum(1 << number for number, name in enumerate(DAYS) if name in chosen)
    if EVENINGS in chosen:
        return (bits or (1 << WEEK) - 1) << WEEK
    return bits


def days_in(bits: int) -> list[int]:
    """The weekdays of a listing."""
    return [number for number in range(WEEK) if bits & 1 << number]


# How fast somebody usually answers, in minutes, as it is said: within an hour, four hours, a day, two days, or slower.
ANSWER_STEPS = (60, 240, 1_440, 2_880)


def answer_step(minutes: int) -> int:
    """The first step that is long enough; their number when none is."""
    return next((place for place, step in enumerate(ANSWER_STEPS) if minutes <= step), len(ANSWER_STEPS))
