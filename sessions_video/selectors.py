"""Reads of the room: the one door, refusals, the proof."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Greatest, Least
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.selectors import works_for_team
from bookings.selectors import find_booking, get_booking_for
from core.money import price_cents
from core.observation import occasion
from core.references import Described
from messaging.models import Attachment, Message
from messaging.selectors import get_message
from sessions_video.errors import Canceled, Ended, NotConfirmed, NotToday, RoomError
from sessions_video.models import EventKind, RoomEvent, VideoSession
from sessions_video.parts import Part, split_free
from sessions_video.rules import Segment
from sessions_video.states import Cause, Phase, Role


def get_video_session_for(user: User, reference: str, *, lock: bool = False) -> VideoSession:
    """The video session of a booking, by the booking's reference, for its two people; 404 for anybody else.

    Raises NotConfirmed for a booking of theirs that has no room yet.
    """
    sessions = VideoSession.objects.of(user).with_people().filter(booking__reference=reference)
    if lock:
        sessions = sessions.select_for_update(of=("self",))
    found: VideoSession | None = sessions.first()
    if found is None:
        get_booking_for(user, reference)
        raise NotConfirmed
    occasion.note(booking=found.booking.reference)
    return found


def get_ended_session_for(user: User, reference: str) -> VideoSession:
    """For the proof: 404 until the session has ended. The team sees the same as its two people."""
    sessions = VideoSession.objects.all() if may_see_all(user) else VideoSession.objects.of(user)
    ended = sessions.with_people().filter(phase=Phase.ENDED)
    found: VideoSession = get_object_or_404(ended, booking__reference=reference)
    return found


def may_see_all(user: User) -> bool:
    return works_for_team(user) and user.has_perm("sessions_video.view_videosession")


def describe_proof(subject: str) -> Described | None:
    """The proof of what an opaque reference (`booking:abc`) names: None until its session has ended."""
    booking = find_booking(subject)
    if booking is None or not VideoSession.objects.filter(booking=booking, phase=Phase.ENDED).exists():
        return None
    address = reverse("sessions_video:proof", args=[booking.reference])
    return Described(booking.subject, address)


def refusal(video_session: VideoSession, t: int, day_words: str) -> RoomError | None:
    """Why nobody comes in at `t` (ms), or None."""
    if video_session.phase == Phase.ENDED:
        return Canceled() if video_session.end_reason == Cause.CANCELED else Ended()
    if not video_session.day_start <= t < video_session.day_end:
        return NotToday(video_session.day, day_words, video_session.time_zone)
    return None


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)


def newest_lines(video_session_ids: Collection[int]) -> dict[int, int]:
    """The newest message between both people of each room; 0 without any."""
    people = OuterRef("booking__learner"), OuterRef("booking__mentor")
    between = Message.objects.filter(thread__first=Least(*people), thread__second=Greatest(*people)).order_by("-pk")
    rooms = VideoSession.objects.filter(pk__in=video_session_ids)
    return {pk: newest or 0 for pk, newest in rooms.values_list("pk", Subquery(between.values("pk")[:1]))}


def chat_line_of(*, message_id: int) -> dict[str, Any] | None:
    """A message somebody was told of; None if it is gone."""
    message = get_message(message_id)
    return chat_line(message) if message else None


def chat_line(message: Message) -> dict[str, Any]:
    author = message.author
    return {
        "type": "chat.message",
        "id": message.pk,
        "client_id": str(message.client_id) if message.client_id else None,
        "author_id": message.author_id,
        "author": author.get_short_name() if author else "",
        "body": message.body,
        "files": [_file(each) for each in message.attachments.all()] if message.file_count else [],
        "at": message.created_at.isoformat(),
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "size": attachment.size,
        "url": attachment.get_absolute_url(),
        "thumbnail": attachment.get_thumbnail_url(),
        "width": attachment.thumbnail_width,
        "height": attachment.thumbnail_height,
    }


@dataclass(frozen=True)
class Line:
    """One interval of the proof. `kind`: free, paid or pause; `seconds` of the lines of a kind add up to its total."""

    number: int
    kind: str
    started_at: datetime
    ended_at: datetime
    seconds: int
    cents: int
    cause: str
    person: User | None


@dataclass(frozen=True)
class Proof:
    lines: list[Line]
    paid_seconds: int
    free_seconds: int
    pause_seconds: int
    amount_cents: int

    @property
    def started_at(self) -> datetime | None:
        return self.lines[0].started_at if self.lines else None

    @property
    def ended_at(self) -> datetime | None:
        return self.lines[-1].ended_at if self.lines else None


def segments_of(video_session: VideoSession) -> list[Segment]:
    return [
        Segment(row.started_at, row.ended_at, Cause(row.cause), Role(row.role) if row.role else None)
        for row in video_session.segments.all()
    ]


def service_period(video_session: VideoSession) -> tuple[datetime, datetime] | None:
    """From the first to the last billed instant; None when nothing is billed."""
    parts = split_free(segments_of(video_session), video_session.free_ms)
    paid = [part for part in parts if part.paid]
    if not paid or not video_session.billed_seconds:
        return None
    return moment(paid[0].start), moment(paid[-1].end)


def proof_of(video_session: VideoSession) -> Proof:
    """Every interval from the first second together to the last, with pauses; paid lines add up to the bill."""
    parts = split_free(segments_of(video_session), video_session.free_ms)
    manual = RoomEvent.objects.filter(video_session=video_session, kind=EventKind.PAID_STARTED).exists()
    build = _ProofBuilder(video_session, started_by_mentor=manual)
    for index, part in enumerate(parts):
        if index and part.start > parts[index - 1].end:
            build.pause(parts[index - 1].end, part)
        build.part(part)
    return build.proof()


# What ended a pause, by what had begun it; otherwise somebody came back.
RESUMED: dict[str, str] = {Cause.TIME_USED_UP: "extended", Cause.MEDIA: "media_back"}


class _ProofBuilder:
    """Seconds and cents of a line are differences of floored running totals, so that columns add up exactly."""

    def __init__(self, video_session: VideoSession, *, started_by_mentor: bool) -> None:
        self.video_session = video_session
        self.started_by_mentor = started_by_mentor
        self.lines: list[Line] = []
        self.totals = {"free": 0, "paid": 0, "pause": 0}

    def part(self, part: Part) -> None:
        cause, role = (str(part.cause), part.role) if part.cause else self._free_time_over()
        self._add("paid" if part.paid else "free", part.start, part.end, cause, role)

    def pause(self, start: int, after: Part) -> None:
        before = self.lines[-1]
        role = self.video_session.role_of(before.person) if before.person else None
        self._add("pause", start, after.start, RESUMED.get(before.cause, "returned"), role)

    def _free_time_over(self) -> tuple[str, Role | None]:
        return ("paid_started", Role.MENTOR) if self.started_by_mentor else ("free_over", None)

    def _add(self, kind: str, start: int, end: int, cause: str, role: Role | None) -> None:
        before = self.totals[kind] // 1000
        self.totals[kind] += end - start
        after = self.totals[kind] // 1000
        rate = self.video_session.rate_cents
        cents = price_cents(rate, after) - price_cents(rate, before) if kind == "paid" else 0
        person = self.video_session.person(role) if role else None
        number = len(self.lines) + 1
        self.lines.append(Line(number, kind, moment(start), moment(end), after - before, cents, cause, person))

    def proof(self) -> Proof:
        paid = self.totals["paid"] // 1000
        return Proof(
            lines=self.lines,
            paid_seconds=paid,
            free_seconds=self.totals["free"] // 1000,
            pause_seconds=self.totals["pause"] // 1000,
            amount_cents=price_cents(self.video_session.rate_cents, paid),
        )
