"""What the page « Factures » reads: which documents a member has, on which side, of which year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from billing.invoices.content import COMMISSION_KINDS, CREDIT_KINDS, Content
from billing.invoices.months import Month
from billing.invoices.upgrade import upgrade
from billing.models import Invoice
from billing.models.invoices import InvoiceQuerySet
from billing.states import DocumentKind


class Side(StrEnum):
    """The tabs, and the folders of the archive."""

    ISSUED = "emises"
    RECEIVED = "recues"
    COMMISSIONS = "commissions"

    @property
    def label(self) -> str | Promise:
        return LABELS[self]


LABELS: dict[Side, str | Promise] = {
    Side.ISSUED: _("Émises en mon nom"),
    Side.RECEIVED: _("Reçues"),
    Side.COMMISSIONS: _("Commissions"),
}
FILE_KINDS: dict[str, str] = {
    DocumentKind.INVOICE: "Facture",
    DocumentKind.CREDIT_NOTE: "Avoir",
    DocumentKind.COMMISSION: "Facture de commission",
    DocumentKind.COMMISSION_CREDIT: "Avoir de commission",
}


TITLES: dict[str, str | Promise] = {
    DocumentKind.INVOICE: _("Facture %(number)s"),
    DocumentKind.CREDIT_NOTE: _("Avoir %(number)s"),
    DocumentKind.COMMISSION: _("Facture de commission %(number)s"),
    DocumentKind.COMMISSION_CREDIT: _("Avoir de commission %(number)s"),
}


@dataclass(frozen=True)
class Year:
    number: int
    documents: int
    ready: int

    @property
    def being_made(self) -> int:
        return self.documents - self.ready


@dataclass(frozen=True)
class Listed:
    """One document, for its reader."""

    invoice: Invoice
    content: Content
    side: Side

    @property
    def is_credit(self) -> bool:
        return self.invoice.kind in CREDIT_KINDS

    @property
    def kind_label(self) -> str:
        label = self.invoice.get_kind_display()
        return label[:1].upper() + label[1:]

    @property
    def badge(self) -> str:
        return "info" if self.is_credit else "neutral"

    @property
    def issued_on(self) -> date:
        return date.fromisoformat(self.content["issued_on"])

    @property
    def corrected(self) -> list[Invoice]:
        """What it corrects: one document, or none."""
        return [self.invoice.corrects] if self.invoice.corrects else []

    @property
    def corrections(self) -> list[Invoice]:
        return list(self.invoice.credit_notes.all())

    @property
    def other_name(self) -> str:
        """Who is on its other side."""
        return self.content["buyer" if self.side is Side.ISSUED else "seller"]["name"]

    @property
    def subject(self) -> str:
        lines = self.content["lines"]
        if "period" not in self.content:
            return lines[0]["label"]
        return formats.date_format(date.fromisoformat(self.content["period"]["first"]), "YEAR_MONTH_FORMAT")

    @property
    def detail(self) -> str:
        count = len(self.content["lines"])
        if "period" not in self.content:
            return ""
        return ngettext("%(count)s session", "%(count)s sessions", count) % {"count": count}

    @property
    def seconds(self) -> int:
        return sum(line["seconds"] for line in self.content["lines"])

    @property
    def title(self) -> str:
        return title_of(self.invoice)

    @property
    def filename(self) -> str:
        return file_name(self.invoice)


def title_of(invoice: Invoice) -> str:
    """`Avoir M7-2026-0043`, in the reader's language."""
    return str(TITLES[invoice.kind]) % {"number": invoice.full_number}


def file_name(invoice: Invoice) -> str:
    """Numbers are letters, digits and hyphens: nothing a file system or a header could stumble on."""
    return f"{FILE_KINDS[invoice.kind]} {invoice.full_number}.pdf"


def _on(side: Side, user: User) -> Q:
    own = {
        Side.ISSUED: Q(issuer=user),
        Side.RECEIVED: Q(recipient=user) & ~Q(kind__in=COMMISSION_KINDS),
        Side.COMMISSIONS: Q(recipient=user, kind__in=COMMISSION_KINDS),
    }
    return own[side]


def documents_of(user: User, side: Side, year: int | None = None) -> InvoiceQuerySet:
    """The latest first."""
    rows = Invoice.objects.filter(_on(side, user))
    if year is not None:
        rows = rows.filter(issued_at__gte=_start(year), issued_at__lt=_start(year + 1))
    return rows.without_files().order_by("-issued_at", "-pk")


def sides_of(user: User) -> list[Side]:
    """Those there is something on."""
    counts = Invoice.objects.for_user(user).aggregate(**{side: Count("pk", filter=_on(side, user)) for side in Side})
    return [side for side in Side if counts[side]]


def years_of(user: User) -> list[Year]:
    """By the year written on the documents, the latest first."""
    legal = ExtractYear("issued_at", tzinfo=ZoneInfo(settings.TIME_ZONE))
    rows = Invoice.objects.for_user(user).annotate(year=legal).values("year").order_by("-year")
    counted = rows.annotate(documents=Count("pk"), ready=Count("pk", filter=Q(rendered_at__isnull=False)))
    return [Year(row["year"], row["documents"], row["ready"]) for row in counted]


def listed(rows: Iterable[Invoice], side: Side) -> list[Listed]:
    return [Listed(row, upgrade(row.content), side) for row in rows]


def with_corrections(rows: InvoiceQuerySet) -> InvoiceQuerySet:
    """What each corrects, and what corrects it: references and numbers, without content or file."""
    return rows.prefetch_related(Prefetch("credit_notes", _light()), Prefetch("corrects", _light()))


def of_year(user: User, year: int) -> Iterator[Listed]:
    """Everything of a year, side by side, the oldest first; a few rows in memory at a time."""
    for side in Side:
        rows: QuerySet[Invoice] = documents_of(user, side, year).order_by("issued_at", "pk")
        for row in rows.prefetch_related(Prefetch("corrects", _light())).iterator(chunk_size=200):
            yield Listed(row, upgrade(row.content), side)


def file_of(invoice: Invoice) -> bytes:
    """The stored bytes, read now; empty while the file is being made."""
    stored = Invoice.objects.filter(pk=invoice.pk).values_list("pdf", flat=True).get()
    return bytes(stored or b"")


def _light() -> QuerySet[Invoice]:
    return Invoice.objects.only("pk", "reference", "full_number", "corrects_id").order_by("number")


def _start(year: int) -> datetime:
    return Month(date(year, 1, 1)).starts_at
