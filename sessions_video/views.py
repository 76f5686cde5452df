"""Pages of the room: the room itself, its relay credentials, and the proof of what was billed."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from bookings.selectors import get_booking_for
from core import clock
from core.files.forms import file_limits
from core.money import price_cents
from core.templatetags.house import day
from messaging.selectors import thread_between
from sessions_video.agreements import agreements_of
from sessions_video.call_wording import CALL_TEXTS
from sessions_video.check_wording import CHECK_TEXTS
from sessions_video.checking import ECHO
from sessions_video.errors import Ended, NotConfirmed, RoomError
from sessions_video.extension_wording import EXTENSION_TEXTS
from sessions_video.models import ReportTopic, VideoSession
from sessions_video.presences import presences_of
from sessions_video.proof_file import cause_words, proof_spreadsheet
from sessions_video.selectors import Line, get_ended_session_for, get_video_session_for, proof_of, refusal
from sessions_video.states import Role
from sessions_video.turn import LIFETIME_SECONDS, ice_servers
from sessions_video.wording import KINDS, TEXTS


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (guaranteed by login_required)
    return request.user


@never_cache
@login_required
@require_safe
def room(request: HttpRequest, reference: str) -> HttpResponse:
    user = _member(request)
    try:
        video_session = get_video_session_for(user, reference)
    except NotConfirmed as error:
        return _closed(request, reference, error)
    refused = refusal(video_session, clock.database_now_ms(), day(video_session.day))
    if refused:
        return _closed(request, reference, refused)
    role = video_session.role_of(user)
    other = video_session.person(role.other)
    context = {
        "video_session": video_session,
        "booking": video_session.booking,
        "other": other,
        "other_name": other.get_short_name(),
        "is_mentor": role is Role.MENTOR,
        "topics": ReportTopic.choices,
        "thread": thread_between(user, other),
        "limits": file_limits(),
        "config": _config(video_session, user, role),
    }
    return render(request, "sessions_video/room.html", context)


def _config(video_session: VideoSession, user: User, role: Role) -> dict[str, Any]:
    """Everything the page's script needs; it holds no secret."""
    reference = video_session.booking.reference
    return {
        "socket": f"/ws/salle/{reference}/",
        "ice": reverse("sessions_video:ice", args=[reference]),
        "report": reverse("sessions_video:report", args=[reference]),
        "echo": ECHO,
        "pulse": static("js/room/pulse.js"),
        "me": user.pk,
        "role": role,
        "other": video_session.person(role.other).get_short_name(),
        "zone": video_session.time_zone,
        "language": get_language() or "fr",
        "beat_ms": settings.ROOM_HEARTBEAT_SECONDS * 1000,
        "proof": reverse("sessions_video:proof", args=[reference]),
        "texts": {name: str(text) for name, text in {**TEXTS, **CALL_TEXTS, **CHECK_TEXTS, **EXTENSION_TEXTS}.items()},
    }


def _closed(request: HttpRequest, reference: str, refused: RoomError) -> HttpResponse:
    booking = get_booking_for(_member(request), reference)
    ended = isinstance(refused, Ended)
    context = {
        "booking": booking,
        "other": booking.other(_member(request)),
        "message": refused.user_message,
        "ended": ended,
        "is_learner": booking.learner_id == request.user.pk,
    }
    return render(request, "sessions_video/closed.html", context, status=200 if ended else 403)


@never_cache
@login_required
@require_safe
def ice(request: HttpRequest, reference: str) -> HttpResponse:
    user = _member(request)
    try:
        video_session = get_video_session_for(user, reference)
    except NotConfirmed as error:
        return JsonResponse({"error": str(error.user_message)}, status=403)
    refused = refusal(video_session, clock.database_now_ms(), day(video_session.day))
    if refused:
        return JsonResponse({"error": str(refused.user_message)}, status=403)
    servers = ice_servers(f"{video_session.pk}.{user.pk}")
    return JsonResponse({"iceServers": servers, "lifetime": LIFETIME_SECONDS})


@login_required
@require_safe
def proof(request: HttpRequest, reference: str) -> HttpResponse:
    """« Relevé de session »: the same for both people."""
    user = _member(request)
    video_session = get_ended_session_for(user, reference)
    result = proof_of(video_session)
    booking = video_session.booking
    held_cents = price_cents(video_session.rate_cents, video_session.limit_ms // 1000)
    context = {
        "video_session": video_session,
        "booking": booking,
        "is_learner": booking.learner_id == user.pk,
        "is_party": user in (booking.learner, booking.mentor),
        "awaits_review": booking.awaits_review(user, clock.now()),
        "proof": result,
        "agreements": agreements_of(video_session),
        "presences": presences_of(video_session),
        "lines": [_described(line) for line in result.lines],
        "chart": _chart(result.lines),
        "total_seconds": sum(line.seconds for line in result.lines),
        "held_cents": held_cents,
        "returned_cents": held_cents - result.amount_cents,
        "planned_seconds": video_session.limit_ms // 1000,
    }
    return render(request, "sessions_video/proof.html", context)


@login_required
@require_safe
def proof_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The intervals of the proof for a spreadsheet: times with their offset from UTC."""
    video_session = get_ended_session_for(_member(request), reference)
    return proof_spreadsheet(video_session)


def _described(line: Line) -> dict[str, Any]:
    return {"line": line, "kind": KINDS[line.kind], "cause": cause_words(line)}


def _chart(lines: list[Line]) -> list[dict[str, Any]]:
    """Bars of an SVG whose unit is one second."""
    at, bars = 0, []
    for line in lines:
        bars.append({"kind": line.kind, "x": at, "width": max(line.seconds, 1)})
        at += line.seconds
    return bars
