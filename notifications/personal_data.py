"""What `notifications` knows of a member."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.exporting import section
from core.personal_data import Fate, Held, Section, Source
from notifications.models import DailyKind, Email, MutedKind, Notice, TextAnnouncement

PROOF = gettext_lazy(
    "preuve de l’annonce d’un texte et de sa date, sous pseudonyme, 5 ans après la fermeture (code civil, art. 2224)"
)

HELD = (
    Held("notifications.Notice", gettext_lazy("les notifications"), Fate.ERASED, ("recipient",)),
    Held("notifications.Email", gettext_lazy("les e-mails envoyés, gardés 15 jours"), Fate.ERASED, ("recipient",)),
    Held("notifications.EmailAttachment", gettext_lazy("les pièces jointes à ces e-mails"), Fate.ERASED),
    Held("notifications.TextAnnouncement", gettext_lazy("les textes annoncés"), Fate.PSEUDONYM, ("recipient",), PROOF),
    Held("notifications.MutedKind", gettext_lazy("les e-mails refusés"), Fate.ERASED, ("user",)),
    Held("notifications.DailyKind", gettext_lazy("les e-mails groupés"), Fate.ERASED, ("user",)),
)


def sections(member_id: int) -> Iterator[Section]:
    notices = Notice.objects.filter(recipient=member_id)
    yield section(_("Notifications"), notices, "created_at", "text", "read_at")
    emails = Email.objects.filter(recipient=member_id)
    yield section(_("E-mails des 15 derniers jours"), emails, "created_at", "to", "subject", "body_text", "sent_at")
    announced = TextAnnouncement.objects.filter(recipient=member_id)
    yield section(_("Textes annoncés"), announced, "document", "version", "told_at")
    yield section(_("E-mails refusés"), MutedKind.objects.filter(user=member_id), (_("Nature"), "kind"))
    yield section(_("E-mails groupés"), DailyKind.objects.filter(user=member_id), (_("Nature"), "kind"))


def erase(member_id: int) -> None:
    address = User.objects.get(pk=member_id).email
    Notice.objects.filter(recipient=member_id).delete()
    Email.objects.filter(Q(recipient=member_id) | Q(to__iexact=address)).delete()
    MutedKind.objects.filter(user=member_id).delete()
    DailyKind.objects.filter(user=member_id).delete()


SOURCE = Source(
    app="notifications",
    title=gettext_lazy("Notifications et e-mails"),
    held=HELD,
    sections=sections,
    erase=erase,
)
