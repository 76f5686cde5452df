"""The one writer of the meter: lock, clock after the lock, advance, event, save, tell the pages after the commit."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import transaction

from core import clock
from core.observation import occasion
from sessions_video import broadcast
from sessions_video.models import EventKind, Lease, RoomEvent, Segment, VideoSession
from sessions_video.reading import meter_of, snapshot
from sessions_video.services.extension_moves import lapse_when_due, next_look
from sessions_video.services.turns import Turn
from sessions_video.states import Cause, Phase, Role

WORKER = f"{socket.gethostname()}:{os.getpid()}"[:64]
_CLOSINGS = {Cause.LEFT: EventKind.LEFT, Cause.LOST: EventKind.LOST, Cause.REPLACED: EventKind.REPLACED}


@contextmanager
def locked_meter(video_session_id: int) -> Iterator[Turn]:
    """A short transaction around one change. What time alone decided is applied before the caller sees the meter."""
    with transaction.atomic():
        turn = _load(video_session_id)
        before = _shown(turn)
        turn.meter.advance(turn.t)
        lapse_when_due(turn)
        yield turn
        lapse_when_due(turn)
        _save(turn)
        if _shown(turn) != before:
            turn.row.revision += 1
            broadcast.meter_changed(turn.row.group, snapshot(turn.row, turn.meter, turn.t, turn.extension))
        turn.row.save()


def _load(video_session_id: int) -> Turn:
    rows = VideoSession.objects.select_related("booking__learner", "booking__mentor")
    row = rows.select_for_update(of=("self",)).get(pk=video_session_id)
    occasion.note(room=row.pk, booking=row.booking.reference)
    # Ordered as the beats' statement orders them: two transactions never wait for each other.
    leases = Lease.objects.filter(video_session=row, closed_at=None).order_by("pk").select_for_update()
    found = {lease.pk: lease for lease in leases}
    t = clock.database_now_ms()
    meter = meter_of(row, list(found.values()))
    return Turn(row, meter, max(t, meter.last_ms), found, extension=row.extensions.last())


def _shown(turn: Turn) -> tuple[object, ...]:
    """What makes the pages draw something else than the passing of time."""
    m = turn.meter
    return (
        m.phase,
        m.accumulated_ms,
        m.running_since,
        m.pending_stop,
        m.free_ms,
        m.limit_ms,
        m.end_asked_by,
        m.is_live(Role.MENTOR),
        m.is_live(Role.LEARNER),
        m.is_without_media,
        m.elapsed_ms(m.last_ms) >= m.free_ms,
        (turn.extension.pk, turn.extension.status) if turn.extension else None,
    )


def _save(turn: Turn) -> None:
    meter, row = turn.meter, turn.row
    _save_leases(turn)
    Segment.objects.bulk_create(
        Segment(video_session=row, started_at=s.start, ended_at=s.end, cause=s.cause, role=s.role or "")
        for s in meter.segments
    )
    _note_phases(turn)
    RoomEvent.objects.bulk_create(turn.news)
    stop = meter.pending_stop
    row.phase, row.end_reason, row.ended_at = meter.phase, meter.end_reason or "", meter.ended_at
    row.free_ms, row.limit_ms, row.accumulated_ms = meter.free_ms, meter.limit_ms, meter.accumulated_ms
    row.running_since, row.limit_reached_at = meter.running_since, meter.limit_reached_at
    row.pending_stop_at = stop.at if stop else None
    row.pending_stop_cause = stop.cause if stop else ""
    row.pending_stop_role = (stop.role or "") if stop else ""
    row.end_asked_by, row.last_ms = meter.end_asked_by or "", meter.last_ms
    row.next_action_at = next_look(turn, meter.next_action_at())


def _save_leases(turn: Turn) -> None:
    """Closings before openings: the database allows one open lease per role."""
    for key, stop in turn.meter.closed_leases.items():
        lease = turn.leases.get(UUID(str(key)))
        if lease is None:
            continue
        lease.closed_at, lease.close_reason = stop.at, stop.cause
        lease.save(update_fields=["closed_at", "close_reason"])
        if stop.cause in _CLOSINGS:
            turn.note(_CLOSINGS[stop.cause], stop.role, at=stop.at)
    for key, (user, page) in turn.joining.items():
        opened = turn.meter.leases[key]
        Lease.objects.create(
            pk=key,
            video_session=turn.row,
            user=user,
            role=opened.role,
            page=page,
            worker=WORKER,
            opened_at=opened.opened_at,
            last_seen=opened.last_seen,
        )
        turn.note(EventKind.JOINED, opened.role)
    for key, kept in turn.leases.items():
        now = turn.meter.leases.get(key)
        if now is not None and (now.last_seen, now.media_failed) != (kept.last_seen, kept.media_failed):
            kept.last_seen, kept.media_failed = now.last_seen, now.media_failed
            kept.save(update_fields=["last_seen", "media_failed"])


def _note_phases(turn: Turn) -> None:
    meter, row = turn.meter, turn.row
    if meter.phase == row.phase:
        return
    if meter.phase is Phase.LIMIT_REACHED:
        turn.note(EventKind.LIMIT_REACHED, at=meter.limit_reached_at)
    if meter.phase is Phase.ENDED:
        turn.note(EventKind.ENDED, at=meter.ended_at, detail=meter.end_reason or "")


def lease_ms() -> int:
    return int(settings.ROOM_LEASE_SECONDS * 1000)
