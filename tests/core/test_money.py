"""Arithmetic on cents: the vectors of the requirements, and what holds for every amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import format_euros, half_up, price_cents, share, split_vat

# rate per hour, seconds, total, commission, net, total without VAT, VAT, commission without VAT, its VAT
VECTORS = [
    (6000, 3600, 6000, 1200, 4800, 5000, 1000, 1000, 200),
    (6000, 2833, 4721, 944, 3777, 3934, 787, 787, 157),
    (4500, 1, 1, 0, 1, 1, 0, 0, 0),
    (4500, 59, 73, 15, 58, 61, 12, 13, 2),
    (9000, 5400, 13500, 2700, 10800, 11250, 2250, 2250, 450),
    (7550, 3601, 7552, 1510, 6042, 6293, 1259, 1258, 252),
    (3333, 1234, 1142, 228, 914, 952, 190, 190, 38),
    (6000, 2820, 4700, 940, 3760, 3917, 783, 783, 157),
]
TWENTY_PERCENT = 2000
CENTS = st.integers(min_value=0, max_value=10_000_000)
SECONDS = st.integers(min_value=0, max_value=86_400)
POINTS = st.integers(min_value=0, max_value=10_000)


@pytest.mark.requirement("SK-8", "SK-9", "SK-41")
@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_the_requirements(vector: tuple[int, ...]) -> None:
    rate, seconds, total, commission, net, without, vat, commission_without, commission_vat = vector
    assert price_cents(rate, seconds) == total
    assert share(total, TWENTY_PERCENT) == commission
    assert total - commission == net
    assert split_vat(total, TWENTY_PERCENT) == (without, vat)
    assert split_vat(commission, TWENTY_PERCENT) == (commission_without, commission_vat)


@given(CENTS, SECONDS)
def test_a_price_is_the_exact_one_cut_below_a_cent(rate: int, seconds: int) -> None:
    price = price_cents(rate, seconds)
    assert price * 3600 <= rate * seconds < (price + 1) * 3600


@given(CENTS, SECONDS, SECONDS)
def test_billing_in_parts_never_exceeds_billing_the_whole(rate: int, first: int, second: int) -> None:
    apart = price_cents(rate, first) + price_cents(rate, second)
    assert apart <= price_cents(rate, first + second) <= apart + 1


@given(CENTS, POINTS)
def test_the_parts_of_an_amount_with_vat_add_up(total: int, points: int) -> None:
    without, vat = split_vat(total, points)
    assert without + vat == total
    assert 0 <= vat <= total


@given(CENTS, POINTS)
def test_a_share_is_within_half_a_cent(amount: int, points: int) -> None:
    part = share(amount, points)
    assert abs(part * 10_000 - amount * points) <= 5_000
    assert 0 <= part <= amount


@given(CENTS, st.integers(min_value=1, max_value=100_000))
def test_half_up_rounds_the_middle_up(numerator: int, denominator: int) -> None:
    assert half_up(numerator, denominator) * 2 * denominator > 2 * numerator - denominator
    assert half_up(2 * numerator + 1, 2) == numerator + 1


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (4700, "47,00\u00a0€"),
        (-150, "-1,50\u00a0€"),
        (123456789, "1\u202f234\u202f567,89\u00a0€"),
    ],
)
def test_euros_are_written_as_in_french(cents: int, text: str) -> None:
    assert format_euros(cents) == text
