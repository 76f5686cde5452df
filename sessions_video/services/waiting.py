"""« Inès vous attend dans la salle » (N-12): told once to the one who is not there."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from core import clock
from notifications.models import Notice
from notifications.services import notify
from sessions_video.models import Lease, VideoSession, Visit
from sessions_video.states import Phase, Role

KIND = "sessions_video.waiting"
# Whoever was there a moment ago is coming back, or knows.
AWAY_MS = 60_000
# Somebody who tries the room in the morning does not wait for anybody yet.
EARLY = timedelta(minutes=30)


@transaction.atomic
def tell_absent(*, video_session: VideoSession, by: User, now: datetime | None = None) -> bool:
    """Called while `by` is alone with the room open. True when nothing is left to tell: it was told, now or before."""
    moment = now or clock.now()
    if moment < video_session.booking.meets_at - EARLY:
        return False
    # Two pages that wait at once: the second finds the notice of the first.
    row = VideoSession.objects.select_for_update(of=("self",)).with_people().get(pk=video_session.pk)
    role = row.role_of(by).other
    absent, booking = row.person(role), row.booking
    if row.phase not in {Phase.SCHEDULED, Phase.OPEN} or _was_told(absent, booking.ledger_reference):
        return True
    if _is_around(row, role):
        return False
    notify(
        recipient=absent,
        kind=KIND,
        url=reverse("sessions_video:room", args=[booking.reference]),
        reference=booking.ledger_reference,
        context={"booking": booking, "other": by},
        now=moment,
    )
    return True


def _was_told(absent: User, reference: str) -> bool:
    return Notice.objects.of(absent).filter(kind=KIND, reference=reference).exists()


def _is_around(video_session: VideoSession, role: Role) -> bool:
    """With the room open in a page, joined or not, or a moment ago."""
    seen = {"video_session": video_session, "role": role, "last_seen__gt": clock.database_now_ms() - AWAY_MS}
    return Visit.objects.filter(**seen).exists() or Lease.objects.filter(**seen).exists()
