"""What `messaging` knows of a member. Of an erased one, conversations keep what the others wrote."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.exporting import PIECE, section
from core.files import rights
from core.personal_data import ERASED_WORDS, ExportedFile, Fate, Held, Section, Source, Words
from messaging.models import Attachment, Block, Message, MessageKind, Report, Thread, ThreadState
from notifications.services import forget_member

# What a person typed, among the data of a card.
OWN_WORDS = ["note", "reason"]

SHARED = gettext_lazy("la conversation appartient aussi à l’autre personne\u202f: elle y garde ses propres messages")
MODERATION = gettext_lazy("preuve des décisions de modération, 5 ans, sous pseudonyme (code civil, art. 2224)")

HELD = (
    Held("messaging.Thread", gettext_lazy("les conversations"), Fate.PSEUDONYM, ("first", "second"), SHARED),
    Held("messaging.Message", gettext_lazy("les messages écrits"), Fate.ERASED, ("author",)),
    Held("messaging.Attachment", gettext_lazy("les fichiers envoyés"), Fate.ERASED),
    Held("messaging.ThreadState", gettext_lazy("où la lecture s’est arrêtée"), Fate.ERASED, ("user",)),
    Held("messaging.Block", gettext_lazy("les personnes bloquées"), Fate.ERASED, ("blocker", "blocked")),
    Held(
        "messaging.Report",
        gettext_lazy("les signalements"),
        Fate.PSEUDONYM,
        ("author", "person", "decided_by"),
        MODERATION,
    ),
)


def sections(member_id: int) -> Iterator[Section]:
    """What he wrote. What others wrote to him is theirs, and he reads it in the product."""
    written = Message.objects.filter(author=member_id, kind=MessageKind.TEXT)
    columns = ((_("Conversation"), "thread_id"), "created_at", "body", "file_count")
    yield section(_("Messages écrits"), written, *columns)
    sent = Attachment.objects.filter(message__author=member_id)
    yield section(_("Fichiers envoyés"), sent, "reference", "name", "size", "media_type")
    blocked = Block.objects.filter(blocker=member_id).select_related("blocked")
    yield section(_("Personnes bloquées"), blocked, "blocked", "created_at")
    reports = Report.objects.filter(author=member_id).select_related("person")
    yield section(_("Signalements"), reports, "person", "topic", "words", "created_at", "outcome")


def files(member_id: int) -> Iterator[ExportedFile]:
    return rights.exported(Attachment.objects.filter(message__author=member_id))


def consequences(member_id: int, now: datetime) -> Iterator[Words]:
    del member_id, now
    yield _("Personne ne peut plus vous écrire. Jusqu’à l’effacement, l’autre personne lit encore vos conversations.")


def erase(member_id: int) -> None:
    rights.erase(Attachment.objects.filter(message__author=member_id))
    while _erase_words(member_id):
        pass
    _erase_reasons(member_id)
    Block.objects.filter(Q(blocker=member_id) | Q(blocked=member_id)).delete()
    ThreadState.objects.filter(user=member_id).delete()
    member = User.objects.get(pk=member_id)
    forget_member(member=member, readers=_partners(member))


def _partners(member: User) -> set[int]:
    pairs = Thread.objects.of(member).values_list("first", "second")
    return {one for pair in pairs for one in pair} - {member.pk}


def _erase_words(member_id: int) -> int:
    """One piece; how many messages it had."""
    left = Message.objects.filter(author=member_id, kind=MessageKind.TEXT).exclude(body=ERASED_WORDS, file_count=0)
    piece = list(left.order_by("pk").values_list("pk", flat=True)[:PIECE])
    return Message.objects.filter(pk__in=piece).update(body=ERASED_WORDS, file_count=0)


def _erase_reasons(member_id: int) -> None:
    """A card says what happened, in rows that stay; only the words of its author go."""
    for message in Message.objects.filter(author=member_id, data__has_any_keys=OWN_WORDS).iterator(chunk_size=PIECE):
        message.data = {name: value for name, value in message.data.items() if name not in OWN_WORDS}
        message.save(update_fields=["data"])


SOURCE = Source(
    app="messaging",
    title=gettext_lazy("Messagerie"),
    held=HELD,
    sections=sections,
    files=files,
    consequences=consequences,
    erase=erase,
)
