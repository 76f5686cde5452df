"""What an extension costs: whatever is agreed, in whatever steps, holds pay for every second and for no cent more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import price_cents
from sessions_video.offers import MINUTE_MS, STEPS, Terms, covered_minutes, extension_cents

RATES = st.integers(1, 100_000)
PLANNED = st.integers(1, 480)


@pytest.mark.requirement("SK-95")
@given(RATES, PLANNED, st.lists(st.integers(1, 120), max_size=8), st.integers(0, 10**5))
def test_all_holds_together_pay_for_any_bill_to_the_cent(
    rate: int, planned: int, extensions: list[int], seconds: int
) -> None:
    limit, held = planned * MINUTE_MS, price_cents(rate, planned * 60)
    for minutes in extensions:
        held += extension_cents(rate, limit, minutes * MINUTE_MS)
        limit += minutes * MINUTE_MS
    assert held == price_cents(rate, limit // 1000)
    assert price_cents(rate, min(seconds, limit // 1000)) <= held


@given(RATES, PLANNED, st.integers(0, 10**7))
def test_all_the_credit_is_the_longest_that_it_pays(rate: int, planned: int, credit: int) -> None:
    limit = planned * MINUTE_MS
    minutes = covered_minutes(rate, limit, credit)
    assert minutes == 0 or extension_cents(rate, limit, minutes * MINUTE_MS) <= credit
    assert extension_cents(rate, limit, (minutes + 1) * MINUTE_MS) > credit


@pytest.mark.requirement("SK-93")
@given(RATES, PLANNED, st.integers(0, 50_000), st.integers(-(10**6), 3 * 60 * MINUTE_MS))
def test_choices_fit_cost_something_and_say_what_the_card_pays(rate: int, planned: int, credit: int, room: int) -> None:
    terms = Terms(rate, planned * MINUTE_MS, credit, room)
    choices = terms.choices()
    assert [choice.ms for choice in choices] == sorted({choice.ms for choice in choices})
    for choice in choices:
        assert 0 < choice.ms <= room
        assert choice.price_cents == extension_cents(rate, planned * MINUTE_MS, choice.ms) > 0
        assert credit + choice.card_cents >= choice.price_cents
        assert choice.card_cents == 0 or choice.price_cents > credit
        assert not choice.is_whole_credit or choice.card_cents == 0
    minutes = {choice.ms // MINUTE_MS for choice in choices if choice.price_cents}
    fitting = {step for step in STEPS if step * MINUTE_MS <= room}
    assert {step for step in fitting if extension_cents(rate, planned * MINUTE_MS, step * MINUTE_MS)} <= minutes
