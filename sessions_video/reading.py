"""The meter as rows tell it, and as the pages show it. Nothing here writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings

from core import clock
from core.money import price_cents
from sessions_video.models import Extension, Lease, VideoSession
from sessions_video.rules import Day, Meter, Policy, Stop
from sessions_video.rules import Lease as Presence
from sessions_video.states import Cause, Phase, Role


def policy_of(row: VideoSession) -> Policy:
    return Policy(lease_ms=int(settings.ROOM_LEASE_SECONDS * 1000), window_ms=row.window_ms)


def meter_of(row: VideoSession, open_leases: Iterable[Lease]) -> Meter:
    return Meter(
        limit_ms=row.limit_ms,
        free_ms=row.free_ms,
        day=Day(row.day_start, row.day_end),
        policy=policy_of(row),
        phase=Phase(row.phase),
        end_reason=Cause(row.end_reason) if row.end_reason else None,
        ended_at=row.ended_at,
        accumulated_ms=row.accumulated_ms,
        running_since=row.running_since,
        pending_stop=_pending_stop(row),
        limit_reached_at=row.limit_reached_at,
        end_asked_by=Role(row.end_asked_by) if row.end_asked_by else None,
        last_ms=row.last_ms,
        leases={lease.pk: _presence(lease) for lease in open_leases},
    )


def _presence(lease: Lease) -> Presence:
    return Presence(Role(lease.role), lease.opened_at, lease.last_seen, lease.media_failed)


def _pending_stop(row: VideoSession) -> Stop | None:
    if row.pending_stop_at is None:
        return None
    role = Role(row.pending_stop_role) if row.pending_stop_role else None
    return Stop(row.pending_stop_at, Cause(row.pending_stop_cause), role)


def snapshot(row: VideoSession, meter: Meter, t: int, extension: Extension | None) -> dict[str, Any]:
    """The authoritative state a page draws from (`meter.state`), the newest extension included.

    Times in ms, money in cents. What it holds for one person alone is taken out by `seen_by`.
    """
    shown = meter.read(t)
    window_ends_at = None if meter.limit_reached_at is None else meter.limit_reached_at + meter.policy.window_ms
    return {
        "type": "meter.state",
        "revision": row.revision,
        "now": max(t, meter.last_ms),
        "phase": shown.phase,
        "end_reason": meter.end_reason,
        "running": shown.running,
        "paid": shown.paid,
        "elapsed_ms": shown.elapsed_ms,
        "free_ms": shown.free_ms,
        "limit_ms": shown.limit_ms,
        "billed_seconds": shown.billed_seconds,
        "amount_cents": price_cents(row.rate_cents, shown.billed_seconds),
        "rate_cents": row.rate_cents,
        "present": sorted(shown.present),
        "without_media": meter.is_without_media,
        "end_asked_by": meter.end_asked_by,
        "window_ends_at": window_ends_at,
        "day_end": row.day_end,
        "extension": extension and _shown(extension, window_ends_at),
    }


def _shown(extension: Extension, window_ends_at: int | None) -> dict[str, Any]:
    expires_at = extension.expires_at
    return {
        "request_id": str(extension.request_id),
        "status": extension.status,
        "ms": extension.ms,
        "price_cents": extension.price_cents,
        "card_cents": extension.card_cents,
        "asked_at": extension.asked_at,
        "expires_at": expires_at if window_ends_at is None else min(expires_at, window_ends_at),
    }


def seen_by(state: dict[str, Any], role: Role) -> dict[str, Any]:
    """How the learner pays is his own business, and the mentor hears of an extension once it is paid for."""
    extension = state["extension"]
    if extension is None or role is Role.LEARNER:
        return state
    told = {name: value for name, value in extension.items() if name != "card_cents"}
    return state | {"extension": told if extension["asked_at"] else None}


def peek_many(video_session_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The states now, from plain reads: no lock, nothing written; copies in memory are advanced."""
    leases: dict[int, list[Lease]] = defaultdict(list)
    for lease in Lease.objects.filter(video_session__in=video_session_ids, closed_at=None):
        leases[lease.video_session_id].append(lease)
    newest = Extension.objects.filter(video_session__in=video_session_ids).order_by("video_session", "-pk")
    extensions = {row.video_session_id: row for row in newest.distinct("video_session")}
    rows = list(VideoSession.objects.filter(pk__in=video_session_ids))
    t = clock.database_now_ms()
    return {row.pk: _peeked(row, leases[row.pk], extensions.get(row.pk), t) for row in rows}


def _peeked(row: VideoSession, leases: Iterable[Lease], extension: Extension | None, t: int) -> dict[str, Any]:
    meter = meter_of(row, leases)
    meter.advance(t)
    return snapshot(row, meter, t, extension)


def peek(video_session_id: int) -> dict[str, Any]:
    return peek_many([video_session_id])[video_session_id]
