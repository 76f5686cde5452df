"""The meter beside the raw log of what was really said to it, which a second, independent count reads (oracle.py)."""

from sessions_video.rules import Day, Meter, Policy
from sessions_video.states import Role
from tests.sessions_video.oracle import Log, Visit, ticks

# Small units keep the tick-by-tick count quick: a beat each 5, a lease of 15, a window of 120.
POLICY = Policy(lease_ms=15, window_ms=120, recheck_ms=1)
MENTOR, LEARNER = Role.MENTOR, Role.LEARNER


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
            # Who consents is there, until then.
            for page in self.live_pages(t):
                if self.pages[page].role == LEARNER:
                    self.pages[page].contacts.append(t)

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
