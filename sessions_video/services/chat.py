"""The written conversation of the room: the thread both people have anyway (SK-13, SK-89)."""

from typing import Any
from uuid import UUID

from accounts.models import User
from messaging.models import Message
from messaging.selectors import recent_messages, thread_between
from messaging.services import get_or_create_thread, send_message
from sessions_video.models import VideoSession


def say(*, video_session: VideoSession, by: User, body: str, client_id: UUID) -> dict[str, Any]:
    """Write into the thread; the same client id again returns the message already there."""
    booking = video_session.booking
    thread = get_or_create_thread(one=booking.learner, other=booking.mentor)
    return as_line(send_message(thread=thread, author=by, body=body, client_id=client_id))


def lines(*, video_session: VideoSession, after_id: int = 0) -> list[dict[str, Any]]:
    """What was said lately, oldest first, cards left out."""
    thread = thread_between(video_session.booking.learner, video_session.booking.mentor)
    if thread is None:
        return []
    return [as_line(message) for message in recent_messages(thread, after_id or None) if not message.is_card]


def as_line(message: Message) -> dict[str, Any]:
    author = message.author
    return {
        "type": "chat.message",
        "id": message.pk,
        "client_id": str(message.client_id) if message.client_id else None,
        "author_id": message.author_id,
        "author": author.get_short_name() if author else "",
        "body": message.body,
        "at": message.created_at.isoformat(),
    }
