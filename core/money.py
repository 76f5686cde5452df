"""Arithmetic on integer cents. Formatting happens only at the edge; no float ever holds an amount."""

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
BASIS_POINTS = 10_000


def price_cents(rate_cents_per_hour: int, seconds: int) -> int:
    """What `seconds` cost at an hourly rate: one floor, so that a second not given is never billed."""
    return rate_cents_per_hour * seconds // 3600


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up, for non-negative numbers."""
    return (2 * numerator + denominator) // (2 * denominator)


def share(amount_cents: int, basis_points: int) -> int:
    """A part of an amount in basis points (2000 = 20 %), rounded half up."""
    return half_up(amount_cents * basis_points, BASIS_POINTS)


def split_vat(total_cents: int, vat_basis_points: int) -> tuple[int, int]:
    """Split an amount that includes VAT into (without VAT, VAT). The parts always add up."""
    without = half_up(total_cents * BASIS_POINTS, BASIS_POINTS + vat_basis_points)
    return without, total_cents - without


def format_euros(cents: int) -> str:
    """`1 234,50 €` as French typography wants it."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros:,}".replace(",", NARROW_SPACE) + f",{rest:02d}{NO_BREAK_SPACE}€"
