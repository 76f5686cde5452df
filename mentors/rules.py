"""Pure rules about rates, availability and the checklist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from django.utils.functional import Promise

# The seeds state no limit; these only catch a slip of the keyboard.
MIN_RATE_CENTS = 100
MAX_RATE_CENTS = 100_000

EVENING = time(18, 0)
SATURDAY = 5


@dataclass(frozen=True)
class ChecklistItem:
    """Something a request needs, where to give it, and whether it is there."""

    key: str
    label: str | Promise
    url: str
    is_done: bool


@dataclass(frozen=True, order=True)
class Range:
    starts: time
    ends: time


def is_possible_rate(rate_cents: int) -> bool:
    return MIN_RATE_CENTS <= rate_cents <= MAX_RATE_CENTS


def merge(ranges: Iterable[Range]) -> list[Range]:
    """Ranges of one day in order, with those that touch or overlap made one."""
    merged: list[Range] = []
    for one in sorted(ranges):
        if merged and one.starts <= merged[-1].ends:
            merged[-1] = Range(merged[-1].starts, max(merged[-1].ends, one.ends))
        else:
            merged.append(one)
    return merged
