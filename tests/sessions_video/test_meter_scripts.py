"""Random scripts of what people do: the bill is the true count, and the sweeper decides nothing about it."""

import itertools
from collections import Counter
from functools import partial

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions_video.parts import split_free
from sessions_video.states import Cause, Phase
from tests.sessions_video.metered import LEARNER, MENTOR, POLICY, Room

ACTIONS = st.sampled_from(
    [
        "join m",
        "join l",
        "leave m",
        "leave l",
        "beat",
        "beat m",
        "beat l",
        "start",
        "extend",
        "end",
        "crash",
        "flap m",
        "flap l",
        "wake",
        "fail m",
        "fail l",
        "pass m",
        "pass l",
    ]
)
Script = list[tuple[int, str]]
# A pause is short, or longer than a lease.
PAUSES = st.one_of(st.integers(0, 14), st.integers(0, 14), st.integers(15, 40))
SCRIPTS = st.lists(st.tuples(PAUSES, ACTIONS), max_size=45)


def in_steps(script: Script) -> Script:
    """A crash brings both back at once; a connection that flaps joins at each tick."""
    steps: Script = []
    for pause, action in script:
        verb, _, who = action.partition(" ")
        if verb == "crash":
            steps += [(pause, "join m"), (0, "join l")]
        elif verb == "flap":
            steps += [(pause, f"join {who}"), *[(1, f"join {who}")] * 4]
        else:
            steps.append((pause, action))
    return steps


def play(script: Script, sweeps: set[int], *, free: int, limit: int, day_end: int) -> Room:
    """Run a script of (pause, action); sweeps happen at their own instants, before what people do then."""
    room = Room(limit=limit, free=free, day_end=day_end)
    t = 0
    for pause, action in in_steps(script):
        for sweep in sorted(s for s in sweeps if t < s <= t + pause):
            room.meter.advance(sweep)
        t += pause
        act(room, t, action)
    room.finish()
    return room


def act(room: Room, t: int, action: str) -> None:
    verb, _, who = action.partition(" ")
    role = {"m": MENTOR, "l": LEARNER}.get(who)
    if verb == "join" and role:
        room.join(t, role)
    elif verb == "start":
        room.start_paid(t, MENTOR)
    elif verb == "extend":
        room.extend(t, 25)
    elif verb == "end" and t > 150:
        room.end_as_agreed(t)
    # Who wakes up beats from a page of any age.
    pages = list(room.pages) if verb == "wake" else room.live_pages(t)
    does = {"leave": room.leave, "beat": room.beat, "wake": room.beat}.get(verb)
    if verb in ("fail", "pass"):
        does = partial(room.tell_media, failed=verb == "fail")
    for page in pages:
        if does and role in (None, room.pages[page].role):
            does(t, page)


@settings(max_examples=400, deadline=None)
@given(
    SCRIPTS,
    st.sets(st.integers(0, 400), max_size=60),
    st.sampled_from([0, 20]),
    st.integers(1, 120),
    st.integers(60, 400),
)
@example([(139, "crash"), (1, "join m"), (11, "end")], set(), 0, 2, 141)
def test_the_bill_does_not_depend_on_the_sweeper(
    script: Script, sweeps: set[int], free: int, limit: int, day_end: int
) -> None:
    terms = {"free": free, "limit": limit, "day_end": day_end}
    bare, swept = play(script, set(), **terms), play(script, sweeps, **terms)
    restless = play(script, set(range(500)), **terms)
    for other in (swept, restless):
        assert other.counted() == bare.counted()
        assert other.meter.free_ms == bare.meter.free_ms
        assert (other.meter.end_reason, other.meter.ended_at) == (bare.meter.end_reason, bare.meter.ended_at)
        assert [s.cause for s in other.meter.segments] == [s.cause for s in bare.meter.segments]
    bare.check_whole()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), ACTIONS), max_size=120), st.sampled_from([0, 20]), st.integers(1, 200))
def test_with_regular_beats_the_bill_is_exact_to_the_tick(script: Script, free: int, limit: int) -> None:
    """Everybody beats before each action, so nothing is ever decided early: the two counts must be equal."""
    steady = [step for pause, action in in_steps(script) for step in ((pause, "beat"), (0, action))]
    room = play(steady, set(), free=free, limit=limit, day_end=300)
    assert not room.cautious
    room.check_whole()


def test_the_histories_hold_what_they_are_meant_to_hold() -> None:
    """Crashes shorter and longer than a lease, flapping and extensions, each while both are counted together."""
    seen: Counter[str] = Counter()

    @settings(max_examples=600, deadline=None, derandomize=True, database=None)
    @given(SCRIPTS)
    def look(script: Script) -> None:
        room, t = Room(limit=200, free=20, day_end=1500), 0
        # Whether hypothesis brings both in by itself is chance: here they are.
        room.join(0, MENTOR)
        room.join(0, LEARNER)
        for pause, action in script:
            kind = f"{action.partition(' ')[0]} {'late' if pause >= POLICY.lease_ms else 'soon'}"
            seen[kind] += room.meter.is_running(t)
            for wait, step in in_steps([(pause, action)]):
                t += wait
                act(room, t, step)

    look()
    wanted = ["crash soon", "crash late", "flap soon", "flap late", "extend soon", "leave soon", "beat late"]
    assert {kind for kind in wanted if seen[kind] < 5} == set()


@settings(max_examples=200, deadline=None)
@given(SCRIPTS, st.integers(0, 60), st.integers(1, 120))
def test_the_parts_of_the_proof_add_up(script: Script, free: int, limit: int) -> None:
    room = play(script, set(), free=free, limit=limit, day_end=300)
    m = room.meter
    parts = split_free(m.segments, m.free_ms)
    assert sum(p.end - p.start for p in parts if p.paid) == m.billable_ms(m.last_ms)
    assert sum(p.end - p.start for p in parts) == m.accumulated_ms
    assert all(one.end <= two.start for one, two in itertools.pairwise(parts))


def test_a_meter_that_nobody_looked_at_for_a_day_ends_at_midnight() -> None:
    room = play([(0, "join m"), (0, "join l"), (5, "beat")], set(), free=0, limit=100, day_end=300)
    assert (room.meter.phase, room.meter.end_reason) == (Phase.ENDED, Cause.DAY_OVER)
    assert room.counted() == set(range(5))
