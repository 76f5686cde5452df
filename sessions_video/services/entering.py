"""A page opens the room: who may, what it hears, and that somebody was there."""

from dataclasses import dataclass

from accounts.models import User
from core import clock
from core.limits import is_allowed
from sessions_video.errors import TooManyVisits
from sessions_video.models import VideoSession
from sessions_video.selectors import get_video_session_for, refusal
from sessions_video.services.chat import chat_group
from sessions_video.services.visits import note_visit

# Of one person: more than a page makes on the worst network.
CONNECTIONS_PER_MINUTE = 240


@dataclass(frozen=True)
class OpenRoom:
    """`chat_group`: where news of the conversation of both people are told."""

    video_session: VideoSession
    chat_group: str


def enter(*, user: User, reference: str) -> OpenRoom:
    """Raises Http404 for a stranger, TooManyVisits, NotConfirmed, NotToday, Canceled, Ended."""
    if not is_allowed("room.connect", str(user.pk), most=CONNECTIONS_PER_MINUTE, seconds=60):
        raise TooManyVisits
    found = get_video_session_for(user, reference)
    refused = refusal(found, clock.database_now_ms(), str(found.day))
    if refused:
        raise refused
    note_visit(video_session=found, by=user)
    return OpenRoom(found, chat_group(video_session=found))
