"""Choices of the community's filters, and what they mean in numbers."""

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

WEEKDAYS = "semaine"
EVENINGS = "soir"
WEEKEND = "week-end"

RELEVANCE = "pertinence"
CHEAPEST = "prix"
BEST_RATED = "note"
