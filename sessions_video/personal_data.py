"""What `sessions_video` knows of a member. Who was there, and for how long, is the proof of what was billed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exporting import section
from core.personal_data import Fate, Held, Section, Source
from sessions_video.models import Lease, RoomReport

PROOF = gettext_lazy(
    "preuve du temps facturé, pièce comptable, 10 ans, sous pseudonyme (code de commerce, art. L123-22)"
)

HELD = (
    Held("sessions_video.VideoSession", gettext_lazy("les salles"), Fate.PSEUDONYM, (), PROOF),
    Held("sessions_video.Lease", gettext_lazy("les présences dans la salle"), Fate.PSEUDONYM, ("user",), PROOF),
    Held("sessions_video.Segment", gettext_lazy("le temps compté"), Fate.PSEUDONYM, (), PROOF),
    Held("sessions_video.Visit", gettext_lazy("les passages"), Fate.PSEUDONYM, (), PROOF),
    Held("sessions_video.Extension", gettext_lazy("les prolongations"), Fate.PSEUDONYM, (), PROOF),
    Held("sessions_video.RoomEvent", gettext_lazy("ce qui s’est passé dans la salle"), Fate.PSEUDONYM, (), PROOF),
    Held("sessions_video.RoomReport", gettext_lazy("les pannes signalées"), Fate.ERASED, ("author",)),
)


def sections(member_id: int) -> Iterator[Section]:
    stays = Lease.objects.filter(user=member_id).select_related("video_session__booking")
    yield section(
        _("Présences dans les salles"),
        stays,
        (_("Session"), _subject),
        (_("Rôle"), "role"),
        (_("Entrée (ms depuis 1970)"), "opened_at"),
        (_("Dernier signe (ms depuis 1970)"), "last_seen"),
        (_("Sortie (ms depuis 1970)"), "closed_at"),
    )
    reports = RoomReport.objects.filter(author=member_id)
    yield section(_("Pannes signalées"), reports, "created_at", "topic", "words", (_("Mesures"), "statistics"))


def _subject(stay: Lease) -> str:
    return stay.video_session.booking.subject


def erase(member_id: int) -> None:
    RoomReport.objects.filter(author=member_id).update(words="", statistics={})


SOURCE = Source(app="sessions_video", title=gettext_lazy("Sessions vidéo"), held=HELD, sections=sections, erase=erase)
