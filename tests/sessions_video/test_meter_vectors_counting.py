"""Named cases of what the meter counts and bills, with figures worked out by hand."""

import pytest

from core.money import price_cents
from sessions_video.parts import Part, split_free
from sessions_video.rules import Policy, Segment, Stop
from sessions_video.states import Cause, Phase
from tests.sessions_video.vectors import FREE, LEARNER, MENTOR, beat_both, meter, spans, together


@pytest.mark.requirement("SK-85", "SK-86")
def test_the_first_three_minutes_are_free_and_counting_then_starts_by_itself() -> None:
    m = meter()
    together(m)
    beat_both(m, 5000, 240_000)
    assert m.read(179_999).billed_seconds == 0
    assert not m.read(179_999).paid
    assert m.read(180_000).paid
    assert m.read(180_999).billed_seconds == 0
    assert m.read(181_000).billed_seconds == 1
    assert m.read(240_000).billed_seconds == 60


@pytest.mark.requirement("SK-86")
def test_an_hour_is_billed_as_an_hour() -> None:
    m = meter()
    m.join(1000, "m", MENTOR)
    assert m.beat(6000, "m")
    m.join(11_000, "l", LEARNER)
    beat_both(m, 16_000, 3_800_000)
    m.advance(3_800_000)
    assert spans(m) == [(11_000, 3_791_000)]
    assert m.billed_seconds(3_800_000) == 3600
    assert m.phase is Phase.LIMIT_REACHED


@pytest.mark.requirement("SK-87")
def test_the_mentor_starts_the_paid_time_early() -> None:
    m = meter()
    together(m)
    assert m.start_paid(41_000, MENTOR) is False, "nobody was heard of for longer than a lease"
    m = meter()
    together(m)
    m.beat(10_000, "m")
    m.beat(10_000, "l")
    assert m.start_paid(11_500, MENTOR)
    assert m.free_ms == 11_500
    assert m.start_paid(12_000, MENTOR) is False
    assert m.billed_seconds(13_600) == 2


@pytest.mark.requirement("SK-87")
def test_the_learner_cannot_shorten_the_free_time() -> None:
    m = meter()
    together(m)
    assert m.start_paid(1000, LEARNER) is False
    assert m.free_ms == FREE


def test_paid_time_does_not_start_while_one_person_is_away() -> None:
    m = meter()
    m.join(0, "m", MENTOR)
    assert m.start_paid(1000, MENTOR) is False


@pytest.mark.requirement("SK-90", "SK-97")
def test_leaving_pauses_and_returning_goes_on_from_the_time_elapsed() -> None:
    m = meter(free=0)
    together(m)
    m.beat(10_000, "m")
    m.leave(10_000, "l")
    assert m.read(60_000).elapsed_ms == 10_000
    for t in range(15_000, 100_001, 5000):
        assert m.beat(t, "m")
    m.join(100_000, "l2", LEARNER)
    m.beat(104_000, "m")
    m.leave(104_000, "l2")
    assert spans(m) == [(0, 10_000), (100_000, 104_000)]
    assert m.billed_seconds(104_000) == 14


def test_free_time_is_given_once() -> None:
    m = meter()
    together(m)
    beat_both(m, 5000, 100_000)
    m.leave(100_000, "l")
    beat = range(105_000, 200_001, 5000)
    assert all(m.beat(t, "m") for t in beat)
    m.join(200_000, "l", LEARNER)
    beat_both(m, 205_000, 300_000)
    assert m.read(280_000).paid
    assert m.read(300_000).billed_seconds == 20


def test_a_lost_connection_is_billed_to_the_last_sign_of_life() -> None:
    m = meter(free=0)
    together(m)
    beat_both(m, 5000, 60_000)
    m.advance(500_000)
    assert m.segments == [Segment(0, 60_000, Cause.LOST, MENTOR)]
    assert set(m.closed_leases.values()) == {Stop(60_000, Cause.LOST, MENTOR), Stop(60_000, Cause.LOST, LEARNER)}


def test_coming_back_within_the_lease_keeps_the_segment_whole() -> None:
    m = meter(free=0)
    together(m)
    beat_both(m, 5000, 5000)
    m.join(9000, "m2", MENTOR)
    m.join(10_000, "l2", LEARNER)
    m.leave(20_000, "l2")
    m.beat(20_000, "m2")
    m.advance(20_001)
    assert spans(m) == [(0, 20_000)]


@pytest.mark.requirement("SK-97")
def test_counting_stops_while_the_mentor_says_that_image_and_sound_fail() -> None:
    m = meter()
    together(m)
    beat_both(m, 5000, 200_000)
    assert m.tell_media(200_000, "m", failed=True)
    assert spans(m) == [(0, 200_000)]
    assert m.segments[0].cause is Cause.MEDIA
    beat_both(m, 205_000, 230_000)
    assert not m.tell_media(230_000, "m", failed=True), "said already"
    assert not m.read(230_000).running
    assert m.tell_media(231_000, "m", failed=False)
    beat_both(m, 235_000, 240_000)
    assert m.billed_seconds(240_000) == 29
    assert m.read(240_000).running


def test_the_word_of_the_learner_alone_stops_nothing() -> None:
    m = meter()
    together(m)
    beat_both(m, 5000, 200_000)
    assert m.tell_media(200_000, "l", failed=True)
    assert m.read(204_000).billed_seconds == 24
    # His page says so when the mentor's does not: coming back to it changes nothing either.
    assert m.tell_media(204_000, "l", failed=False)
    assert m.read(205_000).billed_seconds == 25
    assert m.segments == []


def test_a_new_page_of_the_mentor_begins_as_if_all_were_well() -> None:
    m = meter()
    together(m)
    beat_both(m, 5000, 200_000)
    m.tell_media(200_000, "m", failed=True)
    assert m.beat(204_000, "l")
    assert m.join(204_000, "m2", MENTOR)
    assert m.read(205_000).running
    assert not m.tell_media(205_000, "m", failed=False), "the page that failed is gone"


def test_leaving_somebody_who_is_gone_already_does_not_bill_his_silence() -> None:
    m = meter(free=0)
    together(m)
    beat_both(m, 5000, 5000)
    for t in (10_000, 15_000):
        m.beat(t, "m")
    m.leave(16_000, "m")
    assert m.read(16_000).elapsed_ms == 16_000, "not known yet: the learner may still answer"
    m.advance(20_000)
    assert spans(m) == [(0, 5000)]


@pytest.mark.parametrize("looked_at", [[], [6000]])
def test_time_used_up_in_the_instant_of_the_last_sign_of_life_is_called_so_whoever_looks(looked_at: list[int]) -> None:
    m = meter(limit=5000, free=0)
    together(m)
    beat_both(m, 5000, 5000)
    for t in [*looked_at, 60_000]:
        m.advance(t)
    assert [(segment.end, segment.cause) for segment in m.segments] == [(5000, Cause.TIME_USED_UP)]


def test_time_used_up_is_not_billed_to_somebody_who_had_vanished_just_before() -> None:
    m = meter(limit=20_000, free=0)
    together(m)
    beat_both(m, 5000, 15_000)
    m.beat(20_000, "m")
    m.beat(25_000, "m")
    m.advance(25_000)
    assert m.segments == []
    assert m.read(25_000).elapsed_ms == 20_000
    m.advance(30_000)
    assert spans(m) == [(0, 15_000)]
    assert m.phase is Phase.OPEN, "five seconds are left to use"


def test_the_sweeper_is_called_when_counting_starts_and_when_the_first_second_is_billed() -> None:
    m = meter(free=10_500)
    together(m)
    beat_both(m, 5000, 5000)
    m.advance(5000)
    assert m.next_action_at() == 10_500
    beat_both(m, 10_000, 10_000)
    m.advance(10_500)
    assert m.next_action_at() == 11_500
    m.advance(11_500)
    assert m.read(11_500).billed_seconds == 1
    assert m.confirmed_seconds() == 0
    beat_both(m, 15_000, 15_000)
    m.advance(15_000)
    assert m.confirmed_seconds() == 4
    assert m.next_action_at() == 30_000


def test_a_takeover_keeps_presence_and_kills_the_old_page() -> None:
    m = meter(free=0)
    m.join(0, "m", MENTOR)
    m.join(0, "l1", LEARNER)
    m.join(1000, "l2", LEARNER)
    assert m.closed_leases["l1"] == Stop(1000, Cause.REPLACED, LEARNER)
    assert m.beat(1500, "l1") is False
    assert m.leave(1500, "l1") is False
    m.beat(2000, "m")
    m.leave(2000, "l2")
    assert spans(m) == [(0, 2000)]


def test_a_beat_never_revives_a_lapsed_lease() -> None:
    m = meter()
    m.join(0, "m", MENTOR)
    assert m.beat(14_999, "m")
    assert m.beat(29_999, "m") is False


def test_a_clock_that_steps_back_stands_still() -> None:
    m = meter(free=0)
    together(m, 10_000)
    m.beat(15_000, "m")
    m.beat(15_000, "l")
    m.advance(15_000)
    assert m.advance(2000) == 15_000
    m.leave(3000, "l")
    assert spans(m) == [(10_000, 15_000)]


@pytest.mark.parametrize(("rate", "seconds", "cents"), [(4700, 3312, 4324), (6000, 3600, 6000), (4700, 1, 1)])
def test_the_amount_is_seconds_times_rate_floored_once(rate: int, seconds: int, cents: int) -> None:
    assert price_cents(rate, seconds) == cents


def test_parts_of_the_proof_are_cut_where_the_free_time_ended() -> None:
    segments = [
        Segment(0, 100, Cause.LEFT, LEARNER),
        Segment(200, 300, Cause.LOST, MENTOR),
        Segment(400, 450, Cause.AGREED),
    ]
    assert split_free(segments, 161) == [
        Part(0, 100, paid=False, cause=Cause.LEFT, role=LEARNER),
        Part(200, 261, paid=False, cause=None, role=None),
        Part(261, 300, paid=True, cause=Cause.LOST, role=MENTOR),
        Part(400, 450, paid=True, cause=Cause.AGREED, role=None),
    ]
    assert [part.paid for part in split_free(segments, 100)] == [False, True, True]
    assert [part.paid for part in split_free(segments, 0)] == [True, True, True]


def test_the_default_policy_is_the_one_that_was_decided() -> None:
    assert Policy() == Policy(lease_ms=15_000, window_ms=120_000, recheck_ms=1000)
