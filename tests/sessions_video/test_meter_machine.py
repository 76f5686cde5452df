"""Whatever people, networks, sweepers and clocks do, step by random step: what holds of the meter at each moment."""

from copy import deepcopy

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sessions_video.states import Role
from tests.sessions_video.metered import LEARNER, MENTOR, POLICY, Room

ROLES = st.sampled_from([MENTOR, LEARNER])


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
