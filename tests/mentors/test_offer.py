"""Rate, marks and usual availability."""

from datetime import time
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mentors.errors import NoDayChosen, RangeNotPossible, RateNotPossible
from mentors.models import AvailabilityHint, MentorProfile
from mentors.rules import Range, merge
from mentors.selectors import profile_of, usual_days, week_of
from mentors.services import (
    add_availability,
    open_profile,
    record_rating,
    remove_availability,
    set_rate,
    withdraw_rating,
)
from notifications.models import Email, Notice
from tests.mentors.people import make_member, make_mentor

NINE, NOON, SIX, EIGHT = time(9), time(12), time(18), time(20)


@pytest.mark.django_db
@pytest.mark.requirement("SK-7", "SK-39", "SK-42")
def test_a_rate_is_chosen_freely_and_changes_at_once() -> None:
    user = make_mentor(rate_cents=4700)
    set_rate(user=user, rate_cents=5250)
    assert profile_of(user).hourly_rate_cents == 5250
    assert profile_of(user).is_bookable


@pytest.mark.django_db
@pytest.mark.requirement("SK-43")
def test_a_mentor_is_told_that_open_requests_keep_the_old_rate() -> None:
    user = make_mentor(rate_cents=4700)
    set_rate(user=user, rate_cents=5250)
    set_rate(user=user, rate_cents=5250)
    assert Notice.objects.filter(recipient=user, kind="mentors.rate_changed").count() == 1
    assert not Email.objects.filter(kind="mentors.rate_changed").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("cents", [0, -100, 99, 100_001])
def test_a_rate_outside_reason_is_refused(cents: int) -> None:
    with pytest.raises(RateNotPossible):
        set_rate(user=make_member(), rate_cents=cents)


@pytest.mark.django_db
def test_marks_make_a_mean_and_an_order() -> None:
    user = make_mentor()
    for mark in (5, 4, 5):
        record_rating(mentor=user, mark=mark)
    record_rating(mentor=user, mark=5, previous=4)
    profile = profile_of(user)
    assert (profile.rating_count, profile.rating_tenths) == (3, 50)
    withdraw_rating(mentor=user, mark=5)
    assert profile_of(user).rating_count == 2


@pytest.mark.django_db
def test_one_perfect_mark_does_not_pass_many_good_ones() -> None:
    new, known = make_mentor("Tom", "Neuf"), make_mentor("Awa", "Connue")
    record_rating(mentor=new, mark=5)
    for mark in [5] * 9 + [4]:
        record_rating(mentor=known, mark=mark)
    assert profile_of(known).score > profile_of(new).score


@pytest.mark.django_db
@pytest.mark.requirement("SK-37")
def test_a_range_can_be_given_for_several_days_at_once() -> None:
    user = make_mentor()
    add_availability(user=user, weekdays=[1, 3], starts=NINE, ends=NOON)
    add_availability(user=user, weekdays=[3], starts=NOON, ends=SIX)
    add_availability(user=user, weekdays=[1, 3], starts=NINE, ends=NOON)
    hints = list(profile_of(user).availability.all())
    assert [(hint.weekday, hint.starts, hint.ends) for hint in hints] == [(1, NINE, NOON), (3, NINE, SIX)]
    assert usual_days(hints) == "Mardi, jeudi"
    assert [day.ranges for day in week_of(hints)][1:4] == [["9\u00a0h – 12\u00a0h"], [], ["9\u00a0h – 18\u00a0h"]]


@pytest.mark.django_db
def test_an_impossible_range_is_refused() -> None:
    user = make_member()
    with pytest.raises(RangeNotPossible):
        add_availability(user=user, weekdays=[0], starts=NOON, ends=NINE)
    with pytest.raises(NoDayChosen):
        add_availability(user=user, weekdays=[], starts=NINE, ends=NOON)


@pytest.mark.django_db
def test_nobody_removes_the_range_of_another() -> None:
    user, stranger = make_mentor(), make_member()
    add_availability(user=user, weekdays=[0], starts=NINE, ends=NOON)
    hint = AvailabilityHint.objects.get()
    remove_availability(user=stranger, hint_id=hint.pk)
    assert AvailabilityHint.objects.exists()
    for _ in range(2):
        remove_availability(user=user, hint_id=hint.pk)
    assert not AvailabilityHint.objects.exists()


@pytest.mark.parametrize(
    ("days", "words"),
    [(range(7), "Tous les jours"), (range(5), "En semaine"), ([5, 6], "Le week-end"), ([0, 5], "Lundi, samedi")],
)
def test_usual_days_are_said_in_few_words(days: range | list[int], words: str) -> None:
    hints = [AvailabilityHint(mentor=MentorProfile(), weekday=day, starts=NINE, ends=NOON) for day in days]
    assert usual_days(hints) == words


def test_names_of_days_keep_their_capital_in_english() -> None:
    hints = [AvailabilityHint(mentor=MentorProfile(), weekday=day, starts=NINE, ends=NOON) for day in (0, 4)]
    with translation.override("en"):
        assert usual_days(hints) == "Monday, Friday"


minutes = st.integers(min_value=0, max_value=24 * 60 - 1)
ranges = st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1])


def _as_range(pair: tuple[int, int]) -> Range:
    return Range(*(time(*divmod(minute, 60)) for minute in pair))


@given(st.lists(ranges, max_size=8))
def test_merged_ranges_cover_the_same_minutes_without_touching(pairs: list[tuple[int, int]]) -> None:
    merged = merge(_as_range(pair) for pair in pairs)
    covered = {minute for start, end in pairs for minute in range(start, end)}
    result = [(one.starts.hour * 60 + one.starts.minute, one.ends.hour * 60 + one.ends.minute) for one in merged]
    assert {minute for start, end in result for minute in range(start, end)} == covered
    assert all(before[1] < after[0] for before, after in pairwise(result))


@pytest.mark.django_db
def test_a_request_is_begun_once() -> None:
    user = make_member()
    assert not profile_of(user).has_begun
    assert open_profile(user=user) == open_profile(user=user)
    assert profile_of(user).has_begun
