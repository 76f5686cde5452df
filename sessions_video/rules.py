"""The meter: who was together, and for how long. Pure arithmetic on integer milliseconds; no clock, no database.

Each method takes `t`, read from one clock after the lock of the session's row was obtained, and starts with
`advance(t)`. The end of a segment of co-presence is computed from what the pages confirmed, never from the instant
somebody looked, so the bill does not depend on when, how often or whether a sweeper runs.

A stop (somebody left, time is used up, midnight) closes the segment only once the presence of the other person is known
up to that instant: he confirmed it later, or his lease lapsed and the segment ends at his last sign of life. Until then
the stop is pending: it bounds what is shown, and is decided within one lease.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from sessions_video.states import ALLOWED, BY_TIME, Cause, Phase, Role


@dataclass(frozen=True)
class Policy:
    """`recheck_ms`: how soon to look again at a stop that waits for a confirmation."""

    lease_ms: int = 15_000
    window_ms: int = 120_000
    recheck_ms: int = 1_000


@dataclass(frozen=True)
class Day:
    """Local midnight to the next local midnight, end excluded."""

    start: int
    end: int

    def holds(self, t: int) -> bool:
        return self.start <= t < self.end


@dataclass
class Lease:
    """One joined page: `role` is present from `opened_at` and confirmed until `last_seen`.

    `media_failed`: it says that neither image nor sound pass any more.
    """

    role: Role
    opened_at: int
    last_seen: int
    media_failed: bool = False


@dataclass(frozen=True)
class Stop:
    at: int
    cause: Cause
    role: Role | None = None

    def comes_before(self, other: "Stop") -> bool:
        """Of two at one instant the one that time alone decides, whichever was seen first."""
        return (self.at, self.cause not in BY_TIME) < (other.at, other.cause not in BY_TIME)


@dataclass(frozen=True)
class Segment:
    """A span of co-presence, end excluded, and what ended it."""

    start: int
    end: int
    cause: Cause
    role: Role | None = None

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Reading:
    """What the meter shows at one instant. `running`: time passes right now."""

    phase: Phase
    running: bool
    paid: bool
    elapsed_ms: int
    free_ms: int
    limit_ms: int
    billed_seconds: int
    present: frozenset[Role]


@dataclass
class Meter:
    """`free_ms` is only ever lowered; `limit_ms` is the paid time that is funded.

    `segments` and `closed_leases` collect what was decided since the meter was loaded.
    """

    limit_ms: int
    free_ms: int
    day: Day
    policy: Policy = field(default_factory=Policy)
    phase: Phase = Phase.SCHEDULED
    end_reason: Cause | None = None
    ended_at: int | None = None
    accumulated_ms: int = 0
    running_since: int | None = None
    pending_stop: Stop | None = None
    limit_reached_at: int | None = None
    end_asked_by: Role | None = None
    last_ms: int = 0
    leases: dict[Hashable, Lease] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    closed_leases: dict[Hashable, Stop] = field(default_factory=dict)

    # --- reading ------------------------------------------------------------------------------------------------------

    @property
    def cap_ms(self) -> int:
        return self.free_ms + self.limit_ms

    @property
    def is_over(self) -> bool:
        return self.phase is Phase.ENDED

    def is_live(self, role: Role) -> bool:
        return any(lease.role is role for lease in self.leases.values())

    @property
    def is_without_media(self) -> bool:
        """The mentor's page says so: the learner's word alone stops nothing, or he would learn for nothing."""
        return any(lease.media_failed for lease in self.leases.values() if lease.role is Role.MENTOR)

    def elapsed_ms(self, t: int) -> int:
        """Co-presence so far, never more than what can still be counted."""
        if self.running_since is None:
            return self.accumulated_ms
        return self.accumulated_ms + max(0, min(t, self._bound(self.running_since)) - self.running_since)

    def billable_ms(self, t: int) -> int:
        return max(0, self.elapsed_ms(t) - self.free_ms)

    def billed_seconds(self, t: int) -> int:
        """Whole seconds of the total, floored once."""
        return self.billable_ms(t) // 1000

    def confirmed_seconds(self) -> int:
        """Billed seconds that nothing takes back any more: both people were heard of after them."""
        known_until = min((lease.last_seen for lease in self.leases.values()), default=self.last_ms)
        return self.billed_seconds(min(known_until, self.last_ms))

    def is_running(self, t: int) -> bool:
        since = self.running_since
        return since is not None and self.pending_stop is None and t < self._bound(since)

    def read(self, t: int) -> Reading:
        t = max(t, self.last_ms)
        elapsed = self.elapsed_ms(t)
        return Reading(
            phase=self.phase,
            running=self.is_running(t),
            paid=elapsed >= self.free_ms,
            elapsed_ms=elapsed,
            free_ms=self.free_ms,
            limit_ms=self.limit_ms,
            billed_seconds=self.billed_seconds(t),
            present=frozenset(lease.role for lease in self.leases.values()),
        )

    def next_action_at(self) -> int | None:
        """When somebody has to look again although nothing happens."""
        if self.is_over:
            return None
        due = [self.day.end, *(lease.last_seen + self.policy.lease_ms for lease in self.leases.values())]
        if self.running_since is not None:
            due.append(self._bound(self.running_since))
            due += [at for at in self._news_of_counting(self.running_since) if at > self.last_ms]
        if self.limit_reached_at is not None:
            due.append(self.limit_reached_at + self.policy.window_ms)
        earliest = min(due)
        return earliest if earliest > self.last_ms else self.last_ms + self.policy.recheck_ms

    def _news_of_counting(self, since: int) -> tuple[int, int]:
        """When the free time ends, and when the first second is billed."""
        free_ends = since + self.free_ms - self.accumulated_ms
        return free_ends, free_ends + 1000

    # --- time ---------------------------------------------------------------------------------------------------------

    def advance(self, t: int) -> int:
        """Apply everything that time alone decides up to `t`; doing it twice changes nothing.

        Returns the instant that counts: a clock that steps back stands still.
        """
        self.last_ms = max(t, self.last_ms)
        if not self.is_over:
            self._expire_leases()
            self._settle()
            self._end_when_over()
        return self.last_ms

    def _expire_leases(self) -> None:
        """A page that is silent for a whole lease was gone since its last sign of life."""
        silent = [key for key, lease in self.leases.items() if lease.last_seen + self.policy.lease_ms <= self.last_ms]
        for key in silent:
            lease = self.leases[key]
            self._close_lease(key, Stop(lease.last_seen, Cause.LOST, lease.role))

    def _close_lease(self, key: Hashable, stop: Stop) -> None:
        del self.leases[key]
        self.closed_leases[key] = stop
        if stop.cause in (Cause.LEFT, Cause.LOST):
            self._note(stop)

    def _note(self, stop: Stop) -> None:
        """Keep the earliest stop of the running segment."""
        if self.running_since is not None and (self.pending_stop is None or stop.comes_before(self.pending_stop)):
            self.pending_stop = stop

    def _settle(self) -> None:
        if self.running_since is None:
            return
        for stop in self._bounds(self.running_since):
            if stop.at <= self.last_ms:
                self._note(stop)
        if self.pending_stop and all(lease.last_seen >= self.pending_stop.at for lease in self.leases.values()):
            self._close_segment(self.running_since, self.pending_stop)

    def _settle_on_what_is_known(self) -> None:
        """Decide a pending stop now: nobody is billed beyond the other's last sign of life."""
        since, stop = self.running_since, self.pending_stop
        if since is not None and stop is not None:
            known_until = min([stop.at, *(lease.last_seen for lease in self.leases.values())])
            self._close_segment(since, replace(stop, at=known_until))

    def _end_when_over(self) -> None:
        if self.running_since is not None:
            return
        ends = [Stop(self.day.end, Cause.DAY_OVER)]
        if self.limit_reached_at is not None:
            ends.append(Stop(self.limit_reached_at + self.policy.window_ms, Cause.TIME_USED_UP))
        earliest = min(ends, key=lambda stop: stop.at)
        if earliest.at <= self.last_ms:
            self._finish(earliest)

    def _bounds(self, since: int) -> list[Stop]:
        """What a segment opened at `since` cannot pass, whatever the pages say."""
        used_up = since + self.cap_ms - self.accumulated_ms
        return [Stop(used_up, Cause.TIME_USED_UP), Stop(self.day.end, Cause.DAY_OVER)]

    def _bound(self, since: int) -> int:
        stops = self._bounds(since)
        if self.pending_stop is not None:
            stops.append(self.pending_stop)
        return min(stop.at for stop in stops)

    # --- segments and phases ------------------------------------------------------------------------------------------

    def _open_segment(self) -> None:
        if (
            self.phase is Phase.OPEN
            and self.running_since is None
            and self.is_live(Role.MENTOR)
            and self.is_live(Role.LEARNER)
            and not self.is_without_media
            and self.day.holds(self.last_ms)
        ):
            self.running_since = self.last_ms
            self.end_asked_by = None

    def _close_segment(self, since: int, stop: Stop) -> None:
        if stop.at > since:
            self.segments.append(Segment(since, stop.at, stop.cause, stop.role))
            self.accumulated_ms += stop.at - since
        self.running_since = self.pending_stop = None
        if self.accumulated_ms == self.cap_ms:
            self._move(Phase.LIMIT_REACHED)
            self.limit_reached_at = stop.at

    def _finish(self, stop: Stop) -> None:
        self._move(Phase.ENDED)
        self.end_reason, self.ended_at = stop.cause, stop.at
        self.limit_reached_at = self.end_asked_by = None
        for key in list(self.leases):
            self._close_lease(key, replace(stop, role=self.leases[key].role))

    def _move(self, to: Phase) -> None:
        if to not in ALLOWED[self.phase]:
            raise ValueError(f"{self.phase} does not lead to {to}.")
        self.phase = to

    # --- what people do -----------------------------------------------------------------------------------------------

    def join(self, t: int, key: Hashable, role: Role) -> bool:
        """Open a lease; the newest page of a person takes over and his presence stays unbroken."""
        t = self.advance(t)
        if self.is_over or not self.day.holds(t):
            return False
        for old in [old for old, lease in self.leases.items() if lease.role is role]:
            self._close_lease(old, Stop(t, Cause.REPLACED, role))
        self.leases[key] = Lease(role, t, t)
        if self.phase is Phase.SCHEDULED:
            self._move(Phase.OPEN)
        self._settle()
        self._settle_on_what_is_known()
        self._open_segment()
        return True

    def beat(self, t: int, key: Hashable) -> bool:
        """A sign of life. It never revives a lapsed lease and never runs the meter: False means `join` again."""
        lease = self.leases.get(key)
        if lease is None or lease.last_seen + self.policy.lease_ms <= t:
            return False
        lease.last_seen = max(lease.last_seen, t)
        return True

    def tell_media(self, t: int, key: Hashable, *, failed: bool) -> bool:
        """A page says that image and sound do not pass, or pass again. False when that is no news."""
        t = self.advance(t)
        lease = self.leases.get(key)
        if lease is None or lease.media_failed == failed:
            return False
        lease.media_failed = failed
        lease.last_seen = t
        if self.is_without_media:
            self._note(Stop(t, Cause.MEDIA, lease.role))
            self.advance(t)
        else:
            self._settle()
            self._settle_on_what_is_known()
            self._open_segment()
        return True

    def leave(self, t: int, key: Hashable) -> bool:
        t = self.advance(t)
        if key not in self.leases:
            return False
        self._close_lease(key, Stop(t, Cause.LEFT, self.leases[key].role))
        self.advance(t)
        return True

    def start_paid(self, t: int, role: Role) -> bool:
        """The mentor ends the free time early. The learner never can, and free time never comes back."""
        t = self.advance(t)
        if role is not Role.MENTOR or not self.is_running(t) or self.elapsed_ms(t) >= self.free_ms:
            return False
        self.free_ms = self.elapsed_ms(t)
        return True

    def extend(self, t: int, ms: int) -> bool:
        """Add paid time that was funded in the same transaction."""
        t = self.advance(t)
        if self.is_over or ms <= 0 or not self.day.holds(t):
            return False
        self._settle_on_what_is_known()
        self.limit_ms += ms
        if self.phase is Phase.LIMIT_REACHED:
            self._move(Phase.OPEN)
            self.limit_reached_at = None
        self._open_segment()
        return True

    def ask_end(self, t: int, role: Role) -> bool:
        """« Terminer »: ends at once when the other person has asked already."""
        t = self.advance(t)
        if self.is_over:
            return False
        if self.end_asked_by is role.other:
            return self._end_as_agreed(t, role)
        self.end_asked_by = role
        return True

    def confirm_end(self, t: int, role: Role) -> bool:
        t = self.advance(t)
        if self.is_over or self.end_asked_by is not role.other:
            return False
        return self._end_as_agreed(t, role)

    def drop_end(self, t: int) -> bool:
        """Either person takes the question back: the session goes on."""
        self.advance(t)
        asked, self.end_asked_by = self.end_asked_by, None
        return asked is not None

    def _end_as_agreed(self, t: int, role: Role) -> bool:
        for lease in self.leases.values():
            if lease.role is role:
                lease.last_seen = t
        return self.end(t, Cause.AGREED)

    def end(self, t: int, reason: Cause) -> bool:
        """The end nobody comes back from. Only presence that was confirmed is counted."""
        t = self.advance(t)
        if self.is_over:
            return False
        self._note(Stop(t, reason))
        self._settle_on_what_is_known()
        self._finish(Stop(t, reason))
        return True
