"""The arithmetic of money: vectors of the reference, and properties that hold for every price and length."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules import (
    Charge,
    Portion,
    compute_charge,
    difference,
    payout_parts,
    share_total,
    take_in_order,
    take_latest,
    total,
)
from billing.states import VatRegime
from core.money import price_cents


class Vector(NamedTuple):
    """Splits are (without VAT, VAT); `split` is the one of a mentor who is liable."""

    rate: int
    seconds: int
    total: int
    commission: int
    net: int
    split: tuple[int, int]
    commission_split: tuple[int, int]


VECTORS = [
    Vector(6000, 3600, 6000, 1200, 4800, (5000, 1000), (1000, 200)),
    Vector(6000, 2833, 4721, 944, 3777, (3934, 787), (787, 157)),
    Vector(4500, 1, 1, 0, 1, (1, 0), (0, 0)),
    Vector(4500, 59, 73, 15, 58, (61, 12), (13, 2)),
    Vector(9000, 5400, 13500, 2700, 10800, (11250, 2250), (2250, 450)),
    Vector(7550, 3601, 7552, 1510, 6042, (6293, 1259), (1258, 252)),
    Vector(3333, 1234, 1142, 228, 914, (952, 190), (190, 38)),
    Vector(6000, 2820, 4700, 940, 3760, (3917, 783), (783, 157)),
    Vector(4700, 3312, 4324, 865, 3459, (3603, 721), (721, 144)),
]


def charge(rate: int, seconds: int, regime: str = VatRegime.REGISTERED, commission: int = 2000) -> Charge:
    return compute_charge(
        rate_cents=rate,
        seconds=seconds,
        commission_basis_points=commission,
        vat_regime=regime,
        vat_basis_points=2000,
    )


@pytest.mark.requirement("SK-8", "SK-9", "SK-41", "SK-48")
@pytest.mark.parametrize("vector", VECTORS)
def test_the_reference_vectors_hold(vector: Vector) -> None:
    found = charge(vector.rate, vector.seconds)
    assert (found.total_cents, found.commission_cents, found.net_cents) == (vector.total, vector.commission, vector.net)
    assert (found.without_vat_cents, found.vat_cents) == vector.split
    assert (found.commission_without_vat_cents, found.commission_vat_cents) == vector.commission_split


@pytest.mark.parametrize("regime", [VatRegime.FRANCHISE, VatRegime.EXEMPT, ""])
def test_a_mentor_who_is_not_liable_has_no_vat_but_the_commission_has(regime: str) -> None:
    found = charge(6000, 3600, regime)
    assert (found.vat_cents, found.without_vat_cents) == (0, 6000)
    assert found.commission_vat_cents == 200


@given(
    rate=st.integers(0, 100_000),
    seconds=st.integers(0, 8 * 3600),
    commission=st.integers(0, 10_000),
    regime=st.sampled_from(VatRegime.values),
)
def test_the_parts_always_add_up(rate: int, seconds: int, commission: int, regime: str) -> None:
    found = charge(rate, seconds, regime, commission)
    assert found.net_cents + found.commission_without_vat_cents + found.commission_vat_cents == found.total_cents
    assert found.without_vat_cents + found.vat_cents == found.total_cents
    assert min(found.net_cents, found.commission_without_vat_cents, found.commission_vat_cents, found.vat_cents) >= 0


@given(rate=st.integers(0, 100_000), seconds=st.integers(0, 8 * 3600), more=st.integers(0, 3600))
def test_a_longer_session_never_costs_less_and_nothing_not_given_is_billed(rate: int, seconds: int, more: int) -> None:
    assert price_cents(rate, seconds) <= price_cents(rate, seconds + more)
    assert price_cents(rate, seconds) * 3600 <= rate * seconds


TERMS = st.fixed_dictionaries(
    {
        "commission_basis_points": st.integers(0, 10_000),
        "vat_regime": st.sampled_from(VatRegime.values),
        "vat_basis_points": st.sampled_from([0, 550, 1000, 2000]),
    }
)


def parts_of(charge: Charge) -> tuple[int, ...]:
    return (
        charge.net_cents,
        charge.commission_without_vat_cents,
        charge.commission_vat_cents,
        charge.without_vat_cents,
        charge.vat_cents,
    )


def test_ten_of_47_euros_given_back_are_the_difference_of_two_computations() -> None:
    terms: Any = {"commission_basis_points": 2000, "vat_regime": VatRegime.REGISTERED, "vat_basis_points": 2000}
    change = difference(share_total(4700, **terms), share_total(3700, **terms))
    assert (change.total_cents, change.net_cents) == (1000, 800)
    assert (change.commission_without_vat_cents, change.commission_vat_cents) == (166, 34)
    assert change.vat_cents == 783 - 617


@given(total_cents=st.integers(0, 1_000_000), given_back=st.integers(0, 1_000_000), terms=TERMS)
def test_the_parts_of_a_difference_add_up_and_are_never_negative(
    total_cents: int, given_back: int, terms: dict[str, Any]
) -> None:
    before = share_total(total_cents, **terms)
    after = share_total(total_cents - min(given_back, total_cents), **terms)
    change = difference(before, after)
    assert change.total_cents == min(given_back, total_cents)
    assert change.net_cents + change.commission_without_vat_cents + change.commission_vat_cents == change.total_cents
    assert change.without_vat_cents + change.vat_cents == change.total_cents
    assert min(parts_of(change)) >= 0


@given(total_cents=st.integers(0, 100_000), cuts=st.lists(st.integers(0, 100_000), max_size=5), terms=TERMS)
def test_several_differences_end_at_the_price_of_what_is_left(
    total_cents: int, cuts: list[int], terms: dict[str, Any]
) -> None:
    first = now = share_total(total_cents, **terms)
    moved: tuple[int, ...] = (0,) * 5
    for cut in cuts:
        after = share_total(max(now.total_cents - cut, 0), **terms)
        moved = tuple(sum(pair) for pair in zip(moved, parts_of(difference(now, after)), strict=True))
        now = after
    assert tuple(sum(pair) for pair in zip(parts_of(now), moved, strict=True)) == parts_of(first)


PORTIONS = st.lists(st.integers(1, 20_000), max_size=6).map(
    lambda cents: [Portion(number, value) for number, value in enumerate(cents, start=1)]
)


@given(portions=PORTIONS, amount=st.integers(0, 50_000))
def test_the_oldest_is_emptied_before_the_next_is_touched(portions: list[Portion], amount: int) -> None:
    taken = take_in_order(amount, portions)
    assert total(taken) == min(amount, total(portions))
    assert [part.id for part in taken] == [part.id for part in portions[: len(taken)]]
    assert taken[:-1] == portions[: max(len(taken) - 1, 0)]


@given(portions=PORTIONS, amount=st.integers(0, 50_000))
def test_the_latest_allocation_is_given_back_first(portions: list[Portion], amount: int) -> None:
    released = {part.id: part.cents for part in take_latest(amount, portions)}
    kept = [Portion(part.id, part.cents - released.get(part.id, 0)) for part in portions]
    assert [part for part in kept if part.cents] == take_in_order(total(kept), portions)


@given(portions=PORTIONS, net=st.integers(0, 50_000), less=st.integers(0, 50_000))
def test_a_payout_made_smaller_is_the_payout_of_the_smaller_net(portions: list[Portion], net: int, less: int) -> None:
    """A part never passes what its card payment keeps, also when the latest parts shrank first."""
    sent = min(net, total(portions))
    parts = payout_parts(sent, portions)
    taken = {part.id: part.cents for part in take_latest(less, parts)}
    left = [Portion(part.id, part.cents - taken.get(part.id, 0)) for part in parts]
    assert [part for part in left if part.cents] == payout_parts(max(sent - less, 0), portions)


@given(portions=PORTIONS, net=st.integers(0, 50_000))
def test_a_payout_has_one_part_per_card_payment(portions: list[Portion], net: int) -> None:
    twice = [*portions, *portions]
    parts = payout_parts(min(net, total(twice)), twice)
    assert total(parts) == min(net, total(twice))
    assert len({part.id for part in parts}) == len(parts)
    assert all(part.cents <= 2 * next(own.cents for own in portions if own.id == part.id) for part in parts)
