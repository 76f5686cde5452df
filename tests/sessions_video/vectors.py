"""A meter in a day of its own, and two people who come and beat: what cases worked out by hand start from."""

from sessions_video.rules import Day, Meter
from sessions_video.states import Role

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
