"""Who was in the room, before, during and after the call: evidence for both people and the team, never money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from sessions_video.models import VideoSession
from sessions_video.selectors import moment
from sessions_video.states import Role

# A cut this short is no departure.
CUT_MS = 60_000
Span = tuple[int, int]


@dataclass(frozen=True)
class Stay:
    """One person had the room open, to within some fifteen seconds."""

    person: User
    started_at: datetime
    ended_at: datetime
    seconds: int


def presences_of(video_session: VideoSession) -> list[Stay]:
    """Every stay of both people, in the order of their arrivals."""
    stays = [
        _stay(video_session.person(role), span) for role in Role for span in joined(_spans(video_session, role), CUT_MS)
    ]
    return sorted(stays, key=lambda stay: stay.started_at)


def _stay(person: User, span: Span) -> Stay:
    start, end = span
    return Stay(person, moment(start), moment(end), (end - start) // 1000)


def _spans(video_session: VideoSession, role: Role) -> list[Span]:
    visits = video_session.visits.filter(role=role).values_list("opened_at", "last_seen")
    leases = video_session.leases.filter(role=role).values_list("opened_at", "last_seen")
    return [*visits, *leases]


def joined(spans: Iterable[Span], gap: int) -> list[Span]:
    """Spans that touch, or nearly, as one; in order."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1] + gap:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


@dataclass(frozen=True)
class Waited:
    """One person was in the room at all, and how long without the other."""

    came: bool
    alone_seconds: int


def waits_of(video_session: VideoSession) -> dict[Role, Waited]:
    """Who waited for whom, to within some fifteen seconds."""
    stays = {role: joined(_spans(video_session, role), CUT_MS) for role in Role}
    return {
        role: Waited(bool(stays[role]), _alone(stays[role], stays[other]) // 1000)
        for role, other in ((Role.MENTOR, Role.LEARNER), (Role.LEARNER, Role.MENTOR))
    }


def _alone(own: list[Span], others: list[Span]) -> int:
    together = sum(max(0, min(end, ended) - max(start, began)) for start, end in own for began, ended in others)
    return sum(end - start for start, end in own) - together
