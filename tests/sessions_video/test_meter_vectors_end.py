"""Named cases of how a session ends: its time used up, made longer, midnight, both agree."""

import pytest

from sessions_video.rules import Day, Segment
from sessions_video.states import ALLOWED, Cause, Phase
from tests.sessions_video.vectors import LEARNER, MENTOR, beat_both, meter, spans, together

# --- the limit, and going on ---


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


# --- the day ---


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


# --- both agree ---


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


def test_no_phase_follows_the_end() -> None:
    assert ALLOWED[Phase.ENDED] == frozenset()
    with pytest.raises(ValueError, match="does not lead to"):
        meter()._move(Phase.LIMIT_REACHED)
