"""Named cases of the meter, with figures worked out by hand."""

import pytest

from core.money import price_cents
from sessions_video.parts import Part, split_free
from sessions_video.rules import Day, Meter, Policy, Segment, Stop
from sessions_video.states import ALLOWED, Cause, Phase, Role

MENTOR, LEARNER = Role.MENTOR, Role.LEARNER
DAY = Day(0, 86_400_000)
FREE = 180_000
HOUR = 3_600_000


def meter(limit: int = HOUR, free: int = FREE, day: Day = DAY) -> Meter:
    return Meter(limit_ms=limit, free_ms=free, day=day)


def together(m: Meter, at: int = 0) -> None:
    assert m.join(at, "m", MENTOR)
    assert m.join(at, "l", LEARNER)


def beat_both(m: Meter, start: int, end: int, step: int = 5000) -> None:
    for t in range(start, end + 1, step):
        assert m.beat(t, "m")
        assert m.beat(t, "l")


def spans(m: Meter) -> list[tuple[int, int]]:
    return [(segment.start, segment.end) for segment in m.segments]


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


@pytest.mark.requirement("SK-93")
def test_counting_stops_at_the_limit_and_the_call_stays_open_two_minutes() -> None:
    m = meter(limit=20_000, free=0)
    together(m)
    beat_both(m, 5000, 60_000)
    m.advance(60_000)
    assert spans(m) == [(0, 20_000)]
    assert (m.phase, m.limit_reached_at) == (Phase.LIMIT_REACHED, 20_000)
    beat_both(m, 65_000, 135_000)
    m.advance(139_999)
    assert m.phase is Phase.LIMIT_REACHED
    assert m.is_live(LEARNER)
    m.advance(140_000)
    assert (m.phase, m.end_reason, m.ended_at) == (Phase.ENDED, Cause.TIME_USED_UP, 140_000)
    assert not m.leases


def test_a_dead_sweeper_does_not_bill_past_the_limit() -> None:
    m = meter(limit=5000, free=3000)
    together(m)
    beat_both(m, 5000, 20_000)
    m.leave(20_000, "l")
    assert spans(m) == [(0, 8000)]
    assert m.billed_seconds(20_000) == 5


@pytest.mark.requirement("SK-93", "SK-94")
def test_an_extension_reopens_the_meter_and_time_in_between_is_not_billed() -> None:
    m = meter(limit=20_000, free=0)
    together(m)
    beat_both(m, 5000, 30_000)
    assert m.extend(30_000, 10_000)
    beat_both(m, 35_000, 45_000)
    m.advance(45_000)
    assert spans(m) == [(0, 20_000), (30_000, 40_000)]
    assert m.limit_ms == 30_000
    assert m.phase is Phase.LIMIT_REACHED


def test_an_extension_in_time_leaves_the_segment_whole() -> None:
    m = meter(limit=20_000, free=0)
    together(m)
    beat_both(m, 5000, 15_000)
    assert m.extend(16_000, 10_000)
    beat_both(m, 20_000, 45_000)
    m.advance(45_000)
    assert spans(m) == [(0, 30_000)]


def test_nothing_is_extended_once_the_session_has_ended() -> None:
    m = meter(limit=20_000, free=0)
    m.end(0, Cause.STAFF)
    assert m.extend(1, 1000) is False
    m = meter()
    assert m.extend(0, 0) is False


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


@pytest.mark.requirement("SK-82", "SK-103")
def test_the_room_lives_from_midnight_to_midnight() -> None:
    m = meter(day=Day(1000, 50_000), free=0)
    assert m.join(999, "m", MENTOR) is False
    together(m, 1000)
    beat_both(m, 6000, 51_000)
    m.advance(51_000)
    assert spans(m) == [(1000, 50_000)]
    assert (m.end_reason, m.ended_at) == (Cause.DAY_OVER, 50_000)
    assert m.join(52_000, "m", MENTOR) is False


def test_a_session_nobody_joined_ends_with_its_day() -> None:
    m = meter(day=Day(0, 50_000))
    assert m.next_action_at() == 50_000
    m.advance(49_999)
    assert m.phase is Phase.SCHEDULED
    m.advance(90_000)
    assert (m.phase, m.end_reason, m.ended_at) == (Phase.ENDED, Cause.DAY_OVER, 50_000)
    assert m.billed_seconds(90_000) == 0


def test_midnight_comes_before_the_end_of_the_grace_whoever_looks_and_when() -> None:
    m = meter(limit=20_000, free=0, day=Day(0, 100_000))
    together(m)
    beat_both(m, 5000, 20_000)
    m.advance(900_000)
    assert (m.end_reason, m.ended_at) == (Cause.DAY_OVER, 100_000)


@pytest.mark.requirement("SK-96")
def test_both_say_the_session_is_over() -> None:
    m = meter(free=0)
    together(m)
    m.beat(9000, "m")
    assert m.ask_end(9000, MENTOR)
    assert not m.is_over
    assert m.confirm_end(9400, MENTOR) is False, "nobody confirms his own question"
    assert m.confirm_end(9500, LEARNER)
    assert m.segments == [Segment(0, 9000, Cause.AGREED, None)]
    assert (m.end_reason, m.ended_at) == (Cause.AGREED, 9500)
    assert m.join(10_000, "m", MENTOR) is False


def test_two_questions_are_an_agreement() -> None:
    m = meter(free=0)
    together(m)
    m.ask_end(1000, LEARNER)
    m.ask_end(1000, MENTOR)
    assert m.end_reason is Cause.AGREED


def test_the_question_falls_when_it_is_taken_back_or_the_session_goes_on() -> None:
    m = meter(free=0)
    together(m)
    m.ask_end(1000, LEARNER)
    assert m.drop_end(1500)
    assert m.confirm_end(2000, MENTOR) is False
    assert m.drop_end(2000) is False
    m.ask_end(2000, LEARNER)
    m.leave(3000, "l")
    m.join(4000, "l", LEARNER)
    assert m.confirm_end(5000, MENTOR) is False


def test_an_end_in_the_free_time_bills_nothing() -> None:
    m = meter()
    together(m)
    m.ask_end(5000, LEARNER)
    m.confirm_end(6000, MENTOR)
    assert m.is_over
    assert m.billed_seconds(6000) == 0


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


def test_no_phase_follows_the_end() -> None:
    assert ALLOWED[Phase.ENDED] == frozenset()
    with pytest.raises(ValueError, match="does not lead to"):
        meter()._move(Phase.LIMIT_REACHED)


def test_the_default_policy_is_the_one_that_was_decided() -> None:
    assert Policy() == Policy(lease_ms=15_000, window_ms=120_000, recheck_ms=1000)
