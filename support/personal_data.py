"""What `support` knows of a member. His words and files go; what the team answered and decided stays."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exporting import section
from core.files import rights
from core.personal_data import ERASED_WORDS, ExportedFile, Fate, Held, Section, Source
from support.models import Side, Ticket, TicketFile, TicketMessage

ANSWERED = gettext_lazy("trace de ce qui a été demandé et décidé, 5 ans, sous pseudonyme (code civil, art. 2224)")

HELD = (
    Held(
        "support.Ticket", gettext_lazy("les demandes à l’équipe"), Fate.PSEUDONYM, ("author", "assigned_to"), ANSWERED
    ),
    Held("support.TicketEvent", gettext_lazy("les étapes de ces demandes"), Fate.PSEUDONYM, ("actor",), ANSWERED),
    Held("support.TicketMessage", gettext_lazy("les messages écrits à l’équipe"), Fate.ERASED, ("author",)),
    Held("support.TicketFile", gettext_lazy("les fichiers envoyés à l’équipe"), Fate.ERASED),
)


def sections(member_id: int) -> Iterator[Section]:
    asked = Ticket.objects.filter(author=member_id).select_related("motive")
    number = (_("Numéro"), "number")
    yield section(_("Demandes à l’équipe"), asked, number, "motive", "answers", "status", "created_at")
    said = TicketMessage.objects.filter(ticket__author=member_id).select_related("ticket")
    yield section(_("Échanges avec l’équipe"), said, (_("Demande"), _number), "side", "body", "created_at")


def _number(message: TicketMessage) -> str:
    return message.ticket.number


def _own_files(member_id: int) -> QuerySet[TicketFile]:
    return TicketFile.objects.filter(message__ticket__author=member_id, message__side=Side.PERSON)


def files(member_id: int) -> Iterator[ExportedFile]:
    return rights.exported(_own_files(member_id))


def erase(member_id: int) -> None:
    rights.erase(_own_files(member_id))
    own = TicketMessage.objects.filter(ticket__author=member_id, side=Side.PERSON)
    own.exclude(body=ERASED_WORDS).update(body=ERASED_WORDS)
    Ticket.objects.filter(author=member_id).update(answers=[])


SOURCE = Source(
    app="support",
    title=gettext_lazy("Demandes à l’équipe"),
    held=HELD,
    sections=sections,
    files=files,
    erase=erase,
)
