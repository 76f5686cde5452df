"""The written conversation of the room: the thread both people have anyway (SK-13, SK-89)."""

from typing import Any
from uuid import UUID

from accounts.models import User
from messaging.live import group_of
from messaging.selectors import recent_messages, thread_between
from messaging.services import get_or_create_thread, mark_read, send_message
from sessions_video.models import Lease, VideoSession
from sessions_video.selectors import chat_line
from sessions_video.states import Role


def say(*, video_session: VideoSession, by: User, body: str, client_id: UUID) -> dict[str, Any]:
    """Write into the thread; the same client id again returns the message already there.

    Writing belongs to a session that is paid for (SK-13): while both are in the call, a block does not take it away.
    """
    booking = video_session.booking
    thread = get_or_create_thread(one=booking.learner, other=booking.mentor)
    in_call = Lease.objects.filter(video_session=video_session, closed_at=None).count() == len(Role)
    message = send_message(thread=thread, author=by, body=body, client_id=client_id, despite_block=in_call)
    return chat_line(message)


def chat_group(*, video_session: VideoSession) -> str:
    """Where news of the conversation of both people are told, opened if need be."""
    booking = video_session.booking
    return group_of(get_or_create_thread(one=booking.learner, other=booking.mentor))


def catch_up(*, video_session: VideoSession, by: User, after_id: int) -> list[dict[str, Any]]:
    """What was said lately, after a line, cards left out and oldest first; it is read now."""
    thread = thread_between(video_session.booking.learner, video_session.booking.mentor)
    if thread is None:
        return []
    lines = [chat_line(message) for message in recent_messages(thread, after_id or None) if not message.is_card]
    if lines:
        mark_read(thread=thread, user=by, up_to=lines[-1]["id"])
    return lines


def mark_heard(*, video_session: VideoSession, by: User, up_to: int) -> None:
    """What the room showed is read: no e-mail announces it later (K-16)."""
    thread = thread_between(video_session.booking.learner, video_session.booking.mentor)
    if thread is not None:
        mark_read(thread=thread, user=by, up_to=up_to)
