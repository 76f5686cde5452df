"""What the two people decide about the meter."""

from accounts.models import User
from sessions_video.errors import AlreadyPaid, CannotStart, NothingToConfirm
from sessions_video.models import EventKind, VideoSession
from sessions_video.services.closing import hand_over
from sessions_video.services.turns import Turn
from sessions_video.services.writer import locked_meter
from sessions_video.states import Role


def start_paid(*, video_session: VideoSession, by: User) -> int:
    """« Démarrer la session payante »: the mentor gives up what is left of the free time (SK-87). Returns when (ms)."""
    role = video_session.role_of(by)
    with locked_meter(video_session.pk) as turn:
        if not turn.meter.start_paid(turn.t, role):
            is_paid = role is Role.MENTOR and turn.meter.read(turn.t).paid
            raise AlreadyPaid if is_paid else CannotStart
        turn.note(EventKind.PAID_STARTED, role)
        return turn.t


def ask_end(*, video_session: VideoSession, by: User) -> None:
    """« Terminer »: the other person has to confirm. Asking twice changes nothing."""
    role = video_session.role_of(by)
    with locked_meter(video_session.pk) as turn:
        if turn.meter.end_asked_by != role and turn.meter.ask_end(turn.t, role):
            turn.note(EventKind.END_ASKED, role)
    _finish(turn)


def confirm_end(*, video_session: VideoSession, by: User) -> None:
    """The end for both. A repeat after the end changes nothing."""
    with locked_meter(video_session.pk) as turn:
        if not turn.meter.confirm_end(turn.t, video_session.role_of(by)) and not turn.meter.is_over:
            raise NothingToConfirm
    _finish(turn)


def drop_end(*, video_session: VideoSession, by: User) -> None:
    """Either person says that the session goes on."""
    with locked_meter(video_session.pk) as turn:
        if turn.meter.drop_end(turn.t):
            turn.note(EventKind.END_DROPPED, video_session.role_of(by))


def _finish(turn: Turn) -> None:
    if turn.meter.is_over:
        hand_over(video_session_id=turn.row.pk)
