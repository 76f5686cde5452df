"""Free and paid parts of the segments, as the proof lists them. Pure, like the meter itself."""

from dataclasses import dataclass, replace

from sessions_video.rules import Segment
from sessions_video.states import Cause, Role


@dataclass(frozen=True)
class Part:
    """A line of the proof: time of one kind, with what ended it (None: the free time was over)."""

    start: int
    end: int
    paid: bool
    cause: Cause | None
    role: Role | None


def split_free(segments: list[Segment], free_ms: int) -> list[Part]:
    """Cut the segments, in order, where the free time ended."""
    parts: list[Part] = []
    left = free_ms
    for segment in segments:
        cut = segment.start + min(left, segment.length)
        left -= cut - segment.start
        whole = Part(segment.start, segment.end, paid=True, cause=segment.cause, role=segment.role)
        if cut == segment.end:
            parts.append(replace(whole, paid=False))
        elif cut == segment.start:
            parts.append(whole)
        else:
            parts += [replace(whole, end=cut, paid=False, cause=None, role=None), replace(whole, start=cut)]
    return parts
