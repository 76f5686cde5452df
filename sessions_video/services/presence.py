"""Coming in, staying and leaving."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection

from accounts.models import User
from core import clock
from sessions_video.errors import Ended, MentorElsewhere
from sessions_video.models import EventKind, Lease, VideoSession
from sessions_video.reading import snapshot
from sessions_video.services.writer import lease_ms, locked_meter

ONE_ROOM = "one_live_room_per_mentor"

# `clock_timestamp()` is evaluated again after a wait for the row; the offset is zero outside the demo and the tests.
_BEAT = """
UPDATE sessions_video_lease
   SET last_seen = greatest(last_seen, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + %(offset)s)
 WHERE closed_at IS NULL
   AND last_seen > (extract(epoch FROM clock_timestamp()) * 1000)::bigint + %(offset)s - %(lease)s
   AND id IN (SELECT id FROM sessions_video_lease WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE {skip})
RETURNING id
"""


@dataclass(frozen=True)
class Entrance:
    """A new lease, the state to draw, and the pages of the same person that are no longer the one."""

    lease: UUID
    state: dict[str, Any]
    replaced_pages: list[UUID]


def join(*, video_session: VideoSession, by: User, page: UUID) -> Entrance:
    """Open a lease for the person's newest page. Raises Ended, or MentorElsewhere (SK-11)."""
    _let_go_elsewhere(by, video_session.pk)
    role = video_session.role_of(by)
    lease = uuid4()
    try:
        with locked_meter(video_session.pk) as turn:
            old = [row.page for row in turn.leases.values() if row.role == role and row.page != page]
            joined = turn.meter.join(turn.t, lease, role)
            if joined:
                turn.joining[lease] = (by, page)
    except IntegrityError as error:
        if ONE_ROOM in str(error):
            raise MentorElsewhere from error
        raise
    if not joined:
        raise Ended
    return Entrance(lease, snapshot(turn.row, turn.meter, turn.t, turn.extension), old)


def _let_go_elsewhere(user: User, video_session_id: int) -> None:
    """Leases that lapsed in other rooms are closed by those rooms' own meters, each in its own transaction."""
    open_ones = Lease.objects.filter(user=user, closed_at=None).exclude(video_session=video_session_id)
    seen = list(open_ones.values_list("video_session_id", "last_seen"))
    lapsed = clock.database_now_ms() - lease_ms() if seen else 0
    for other in sorted({room for room, last_seen in seen if last_seen <= lapsed}):
        with locked_meter(other):
            pass


def beat(leases: Iterable[UUID], *, skip_locked: bool = False) -> set[UUID]:
    """Signs of life of many pages in one statement, without the lock of any session. Returns the leases still alive.

    With `skip_locked` a lease that somebody is writing is left out instead of being waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BEAT.format(skip="SKIP LOCKED" if skip_locked else ""),
            {"ids": list(leases), "offset": _offset_ms(), "lease": lease_ms()},
        )
        return {row[0] for row in cursor.fetchall()}


def _offset_ms() -> int:
    return round(clock.offset().total_seconds() * 1000)


def leave(*, video_session_id: int, lease: UUID) -> None:
    """An explicit goodbye: presence ends now."""
    with locked_meter(video_session_id) as turn:
        turn.meter.leave(turn.t, lease)


def tell_media(*, video_session: VideoSession, lease: UUID, failed: bool) -> None:
    """A page says that image and sound pass no more, or pass again. The mentor's word stops the count meanwhile."""
    with locked_meter(video_session.pk) as turn:
        if turn.meter.tell_media(turn.t, lease, failed=failed):
            role = turn.meter.leases[lease].role
            turn.note(EventKind.MEDIA_FAILED if failed else EventKind.MEDIA_BACK, role)
