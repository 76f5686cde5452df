"""Who had the room open, and from when to when. Never money: what both sides and the team look at when nobody came."""

from django.db.models import Value
from django.db.models.functions import Greatest

from accounts.models import User
from core import clock
from sessions_video.models import VideoSession, Visit

# Longer than the pages take to come back after a cut, so that a cut is not a new visit.
GAP_MS = 60_000


def note_visit(*, video_session: VideoSession, by: User) -> None:
    """The room page of this person is open now. Called when it opens, every few seconds, and when it closes."""
    t = clock.database_now_ms()
    role = video_session.role_of(by)
    latest = Visit.objects.filter(video_session=video_session, role=role).order_by("-last_seen")[:1]
    going_on = Visit.objects.filter(pk__in=latest, last_seen__gte=t - GAP_MS)
    # Two pages at once: the one that looked at the clock first may write last.
    if not going_on.update(last_seen=Greatest("last_seen", Value(t))):
        Visit.objects.create(video_session=video_session, role=role, opened_at=t, last_seen=t)
