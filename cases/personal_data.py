"""What `cases` knows of a member. What was said and decided is proof; the files are not needed after it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Case, Decision, Statement, StatementFile
from cases.states import Status
from core.exporting import section
from core.files import rights
from core.personal_data import ExportedFile, Fate, Held, Obstacle, Section, Source

DECIDED = gettext_lazy(
    "preuve de ce qui a été dit et décidé sur un paiement, 5 ans, sous pseudonyme (code civil, art. 2224)"
)

HELD = (
    Held("cases.Case", gettext_lazy("les litiges"), Fate.PSEUDONYM, (), DECIDED),
    Held("cases.Statement", gettext_lazy("les explications données"), Fate.PSEUDONYM, ("author",), DECIDED),
    Held("cases.StatementFile", gettext_lazy("les pièces jointes aux explications"), Fate.ERASED),
    Held("cases.Decision", gettext_lazy("les décisions sur les litiges"), Fate.PSEUDONYM, ("by",), DECIDED),
    Held("cases.CaseEvent", gettext_lazy("les étapes des litiges"), Fate.PSEUDONYM, ("actor",), DECIDED),
)


def _cases(member_id: int) -> QuerySet[Case]:
    return Case.objects.of(User.objects.get(pk=member_id))


def sections(member_id: int) -> Iterator[Section]:
    about = (_("Session"), _subject)
    mine = _cases(member_id).select_related("booking")
    yield section(_("Litiges"), mine, (_("Session"), "booking"), "kind", "topic", "asked_cents", "opened_at", "status")
    said = Statement.objects.filter(author=member_id).select_related("case__booking")
    yield section(_("Explications données"), said, about, "round", "words", "at")
    decided = Decision.objects.filter(case__in=_cases(member_id)).select_related("case__booking")
    yield section(_("Décisions"), decided, about, "outcome", "charged_cents", "returned_cents", "reason", "at")


def _subject(row: Statement | Decision) -> str:
    return row.case.booking.subject


def _own_files(member_id: int) -> QuerySet[StatementFile]:
    return StatementFile.objects.filter(statement__author=member_id)


def files(member_id: int) -> Iterator[ExportedFile]:
    return rights.exported(_own_files(member_id))


def obstacles(member_id: int, now: datetime) -> Iterator[Obstacle]:
    """What is not decided for good, each with the page where this person can act."""
    del now
    for case in _cases(member_id).exclude(status=Status.CLOSED).select_related("booking"):
        if case.is_complaint:
            text = _("Une réclamation sur la session «\u202f%(subject)s\u202f» n’est pas encore close.")
        else:
            text = _("La session «\u202f%(subject)s\u202f» ne s’est pas tenue, et son dossier n’est pas encore clos.")
        yield Obstacle(text % {"subject": case.booking.subject}, case.get_absolute_url(), _("Voir le dossier"))


def erase(member_id: int) -> None:
    rights.erase(_own_files(member_id))


SOURCE = Source(
    app="cases",
    title=gettext_lazy("Litiges"),
    held=HELD,
    sections=sections,
    files=files,
    obstacles=obstacles,
    erase=erase,
)
