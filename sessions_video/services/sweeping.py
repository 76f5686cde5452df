"""Looking at rooms where something is due. Any number of sweepers may run; none of them decides about money."""

from django.db import transaction

from core import clock
from sessions_video.models import VideoSession
from sessions_video.services.closing import hand_over, mark_begun
from sessions_video.services.extension_moves import ask_mentor_when_paid
from sessions_video.services.writer import locked_meter


def due_sessions(limit: int = 200) -> list[int]:
    due = VideoSession.objects.due(clock.database_now_ms())
    return list(due.values_list("pk", flat=True)[:limit])


def sweep_session(video_session_id: int) -> bool:
    """Bring one room up to now. False when another process is at it."""
    with transaction.atomic():
        rows = VideoSession.objects.select_for_update(skip_locked=True, of=("self",))
        if not rows.filter(pk=video_session_id).exists():
            return False
        with locked_meter(video_session_id) as turn:
            ask_mentor_when_paid(turn)
            begun = turn.row.in_progress_at is None and turn.meter.confirmed_seconds() > 0
    if turn.meter.is_over:
        hand_over(video_session_id=video_session_id)
    elif begun:
        mark_begun(video_session_id=video_session_id)
    return True
