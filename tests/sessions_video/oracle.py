"""A second, slow meter: counts tick by tick from the raw log with full knowledge of what came later.

It shares no code with `sessions_video.rules`; one tick is one unit of time, so tests use short days.
"""

from dataclasses import dataclass, field


@dataclass
class Visit:
    """One joined page: contacts are the join and every accepted beat; `left` is an explicit goodbye or a takeover."""

    role: str
    contacts: list[int]
    left: int | None = None
    # When this page said that image and sound did not pass, and that they passed again.
    failures: list[list[int]] = field(default_factory=list)

    def covers(self, tick: int) -> bool:
        end = self.contacts[-1] if self.left is None else self.left
        return self.contacts[0] <= tick < end and not (self.role == "mentor" and self.failed(tick))

    def failed(self, tick: int) -> bool:
        return any(span[0] <= tick and (len(span) == 1 or tick < span[1]) for span in self.failures)


@dataclass
class Log:
    day_start: int
    day_end: int
    free: int
    limit: int
    window: int
    visits: list[Visit] = field(default_factory=list)
    started: list[int] = field(default_factory=list)
    extensions: list[tuple[int, int]] = field(default_factory=list)
    ended_at: int | None = None

    def together(self, tick: int) -> bool:
        return all(any(v.role == role and v.covers(tick) for v in self.visits) for role in ("mentor", "learner"))

    def presence(self) -> set[int]:
        """Every tick of co-presence inside the day and before the end, whatever the limit says."""
        last = min(self.day_end, self.day_end if self.ended_at is None else self.ended_at)
        return {tick for tick in range(self.day_start, last) if self.together(tick)}

    def agreed(self, tick: int) -> int:
        """The paid time both people had agreed to when this tick passed: planned, and extended until then."""
        return self.limit + sum(amount for at, amount in self.extensions if at <= tick)

    def counted(self) -> tuple[set[int], int]:
        """The ticks that count, and the free time that was left after the mentor's early start."""
        counted: set[int] = set()
        free, limit, reached = self.free, self.limit, None
        present = self.presence()
        for tick in range(self.day_start, self.day_end):
            if len(counted) == free + limit and reached is None:
                reached = tick
            if reached is not None and tick >= reached + self.window:
                break
            for _ in range(self.started.count(tick)):
                free = min(free, len(counted))
            for at, amount in self.extensions:
                if at == tick:
                    limit += amount
                    reached = None
            if tick in present and reached is None:
                counted.add(tick)
        return counted, free


def ticks(spans: list[tuple[int, int]]) -> set[int]:
    return {tick for start, end in spans for tick in range(start, end)}
