"""Whatever people, networks, sweepers and clocks do: properties of the meter against a second, independent count."""

import itertools
from collections import Counter
from copy import deepcopy
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sessions_video.parts import split_free
from sessions_video.rules import Day, Meter, Policy
from sessions_video.states import Cause, Phase, Role
from tests.sessions_video.oracle import Log, Visit, ticks

# Small units keep the tick-by-tick count quick: a beat each 5, a lease of 15, a window of 120.
POLICY = Policy(lease_ms=15, window_ms=120, recheck_ms=1)
MENTOR, LEARNER = Role.MENTOR, Role.LEARNER
ROLES = st.sampled_from([MENTOR, LEARNER])


class Room:
    """The meter and the raw log of what was really said to it."""

    def __init__(self, *, limit: int, free: int, day_end: int) -> None:
        self.meter = Meter(limit_ms=limit, free_ms=free, day=Day(0, day_end), policy=POLICY)
        self.log = Log(0, day_end, free, limit, POLICY.window_ms)
        self.pages: dict[int, Visit] = {}
        self.number = 0
        # Decided before the other's presence was confirmed: the bill may be short of the truth, never above it.
        self.cautious = False

    def alive(self, page: int, t: int) -> bool:
        visit = self.pages[page]
        return visit.left is None and visit.contacts[-1] + POLICY.lease_ms > t

    def live_pages(self, t: int) -> list[int]:
        return [page for page in self.pages if self.alive(page, t)]

    def unsure(self, t: int) -> bool:
        return any(self.pages[page].contacts[-1] < t for page in self.live_pages(t))

    def join(self, t: int, role: Role, told: int | None = None) -> None:
        """`told`: what a clock that stepped back says instead of `t`; the meter must take its own last instant."""
        if told is not None:
            t = self.meter.last_ms
        unsure = any(self.pages[p].contacts[-1] < t for p in self.live_pages(t) if self.pages[p].role != role)
        self.cautious |= unsure and not self.meter.is_running(t) and self.meter.running_since is not None
        before = self.live_pages(t)
        self.number += 1
        if not self.meter.join(t if told is None else told, self.number, role):
            return
        for page in before:
            if self.pages[page].role == role:
                self.pages[page].left = t
        self.pages[self.number] = Visit(role, [t])
        self.log.visits.append(self.pages[self.number])

    def beat(self, t: int, page: int) -> None:
        accepted = self.meter.beat(t, page)
        if accepted:
            assert self.alive(page, t)
            self.pages[page].contacts.append(t)

    def leave(self, t: int, page: int) -> None:
        alive = self.alive(page, t)
        if self.meter.leave(t, page):
            assert alive
            self.pages[page].left = t

    def tell_media(self, t: int, page: int, *, failed: bool) -> None:
        self.cautious |= self.unsure(t)
        if self.meter.tell_media(t, page, failed=failed):
            visit = self.pages[page]
            visit.contacts.append(t)
            if failed:
                visit.failures.append([t])
            else:
                visit.failures[-1].append(t)

    def end_as_agreed(self, t: int) -> None:
        self.cautious |= self.unsure(t)
        self.meter.ask_end(t, MENTOR)
        if self.meter.confirm_end(t, LEARNER):
            self.log.ended_at = t

    def extend(self, t: int, amount: int) -> None:
        self.cautious |= self.unsure(t)
        if self.meter.extend(t, amount):
            self.log.extensions.append((t, amount))

    def start_paid(self, t: int, role: Role) -> None:
        self.cautious |= self.unsure(t)
        if self.meter.start_paid(t, role):
            self.log.started.append(t)

    def finish(self) -> None:
        self.meter.advance(10**9)

    def counted(self) -> set[int]:
        return ticks([(segment.start, segment.end) for segment in self.meter.segments])

    def check_whole(self) -> None:
        """Never a tick without both people, and exactly the true count when nothing was decided early."""
        counted = self.counted()
        assert counted <= self.log.presence()
        assert len(counted) == self.meter.accumulated_ms <= self.meter.cap_ms
        self.check_agreed(counted)
        if not self.cautious:
            expected, free = self.log.counted()
            assert counted == expected
            assert self.meter.free_ms == free

    def check_agreed(self, counted: set[int]) -> None:
        """At no moment was more paid time counted than both had agreed to until then: a later yes excuses nothing."""
        for number, tick in enumerate(sorted(counted), start=1):
            assert number - self.meter.free_ms <= self.log.agreed(tick)


class MeterMachine(RuleBasedStateMachine):
    @initialize(
        limit=st.one_of(st.integers(1, 40), st.integers(1, 400)),
        free=st.sampled_from([0, 10, 60]),
        day_end=st.one_of(st.integers(30, 200), st.integers(200, 1500)),
        both=st.booleans(),
    )
    def start(self, *, limit: int, free: int, day_end: int, both: bool) -> None:
        self.room = Room(limit=limit, free=free, day_end=day_end)
        self.t = 0
        self.free, self.limit, self.extended = free, limit, 0
        self.over: object = None
        self.confirmed = 0
        self.written: list[tuple[int, int]] = []
        if both:
            self.room.join(0, MENTOR)
            self.room.join(0, LEARNER)

    def live(self) -> list[int]:
        return self.room.live_pages(self.t)

    @rule(duration=st.one_of(st.integers(0, 12), st.integers(0, 60)), beats=st.booleans(), sweeps=st.booleans())
    def time_passes(self, *, duration: int, beats: bool, sweeps: bool) -> None:
        end = self.t + duration
        while beats and self.t + 5 <= end:
            self.t += 5
            for page in self.live():
                self.room.beat(self.t, page)
        self.t = end
        if sweeps:
            self.room.meter.advance(self.t)

    @rule(role=ROLES)
    def join(self, role: Role) -> None:
        self.room.join(self.t, role)

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        self.room.leave(self.t, data.draw(st.sampled_from(self.live())))

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def one_beats(self, data: st.DataObject) -> None:
        self.room.beat(self.t, data.draw(st.sampled_from(self.live())))

    @precondition(lambda self: self.room.pages)
    @rule(data=st.data())
    def a_page_of_any_age_beats(self, data: st.DataObject) -> None:
        """From a laptop that wakes up, or a tab that was replaced: refused, unless it is still the one."""
        self.room.beat(self.t, data.draw(st.sampled_from(sorted(self.room.pages))))

    @precondition(lambda self: self.live())
    @rule(data=st.data(), failed=st.booleans())
    def image_and_sound_fail_or_come_back(self, data: st.DataObject, *, failed: bool) -> None:
        page = data.draw(st.sampled_from(self.live()))
        was_running = self.room.meter.is_running(self.t)
        self.room.tell_media(self.t, page, failed=failed)
        if self.room.pages[page].role == LEARNER:
            assert self.room.meter.is_running(self.t) or not was_running, "his word alone stops nothing"
        else:
            assert not (failed and self.room.meter.is_running(self.t))

    @rule(role=ROLES)
    def start_paid(self, role: Role) -> None:
        before = self.room.meter.free_ms
        self.room.start_paid(self.t, role)
        assert role is MENTOR or self.room.meter.free_ms == before

    @rule(away=st.one_of(st.integers(0, 14), st.integers(15, 40)), sweeps=st.booleans())
    def the_server_dies_and_everybody_comes_back(self, *, away: int, sweeps: bool) -> None:
        """No sign of life passes meanwhile; whoever was there joins again, in the order chance gives."""
        there = [self.room.pages[page].role for page in self.live()]
        self.t += away
        if sweeps:
            self.room.meter.advance(self.t)
        for role in there:
            self.room.join(self.t, Role(role))

    @rule(role=ROLES, times=st.integers(2, 20))
    def a_connection_flaps(self, *, role: Role, times: int) -> None:
        """Dropped and back each tick; the other person beats as ever."""
        for _ in range(times):
            self.t += 1
            for page in self.live():
                if self.room.pages[page].role != role and self.t % 5 == 0:
                    self.room.beat(self.t, page)
            self.room.join(self.t, role)

    @rule(amount=st.integers(0, 100))
    def extend(self, amount: int) -> None:
        before = len(self.room.log.extensions)
        self.room.extend(self.t, amount)
        self.extended += sum(more for _, more in self.room.log.extensions[before:])

    @precondition(lambda self: self.t > 300)
    @rule()
    def both_end(self) -> None:
        self.room.end_as_agreed(self.t)

    @rule(back=st.integers(1, 600))
    def clock_steps_back(self, back: int) -> None:
        self.room.meter.advance(self.t)
        seen = deepcopy(self.room.meter)
        self.room.meter.advance(self.t - back)
        assert self.room.meter == seen

    @rule(back=st.integers(1, 600), role=ROLES, leaves=st.booleans())
    def somebody_comes_while_the_clock_is_behind(self, *, back: int, role: Role, leaves: bool) -> None:
        self.t = max(self.t, self.room.meter.last_ms)
        self.room.join(self.t, role, told=self.room.meter.last_ms - back)
        self.t = max(self.t, self.room.meter.last_ms)
        if leaves and self.room.number in self.live():
            self.room.leave(self.t, self.room.number)

    @rule()
    def looking_twice_changes_nothing(self) -> None:
        self.room.meter.advance(self.t)
        seen = deepcopy(self.room.meter)
        self.room.meter.advance(self.t)
        assert self.room.meter == seen

    @invariant()
    def bounds_hold(self) -> None:
        m = self.room.meter
        assert 0 <= m.billable_ms(max(self.t, m.last_ms)) <= m.limit_ms == self.limit + self.extended
        assert m.free_ms <= self.free
        self.free = m.free_ms
        assert m.accumulated_ms == sum(segment.length for segment in m.segments) <= m.cap_ms
        assert all(m.day.start <= s.start < s.end <= m.day.end for s in m.segments)
        assert all(one.end <= two.start for one, two in zip(m.segments, m.segments[1:], strict=False))
        roles = [lease.role for lease in m.leases.values()]
        assert len(roles) == len(set(roles))

    @invariant()
    def what_is_confirmed_stays(self) -> None:
        confirmed = self.room.meter.confirmed_seconds()
        assert confirmed >= self.confirmed
        self.confirmed = confirmed

    @invariant()
    def what_is_written_only_grows(self) -> None:
        m = self.room.meter
        assert [(s.start, s.end) for s in m.segments][: len(self.written)] == self.written
        self.written = [(s.start, s.end) for s in m.segments]

    @invariant()
    def somebody_will_look(self) -> None:
        m = self.room.meter
        due = m.next_action_at()
        assert (due is None) == m.is_over
        assert due is None or m.last_ms < due <= max(m.day.end, m.last_ms + POLICY.recheck_ms)

    @invariant()
    def the_end_is_the_end(self) -> None:
        m = self.room.meter
        if m.is_over:
            now = (m.accumulated_ms, m.free_ms, m.limit_ms, m.end_reason, m.ended_at, len(m.segments))
            assert self.over in (None, now)
            assert not m.leases
            assert m.running_since is None
            self.over = now

    @invariant()
    def what_is_shown_is_never_taken_for_more_than_presence(self) -> None:
        m = self.room.meter
        shown = m.read(self.t)
        assert shown.elapsed_ms <= m.cap_ms
        assert not shown.running or {MENTOR, LEARNER} == shown.present

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.room.finish()
            self.room.check_whole()


MeterMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMeterMachine = pytest.mark.requirement("SK-86", "SK-90", "SK-94", "SK-97", "K-4")(MeterMachine.TestCase)

# --- the sweeper decides nothing --------------------------------------------------------------------------------------

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
