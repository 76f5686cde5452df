"""The platform's invoices to its mentors: one a month, of the commissions its settlements kept.

What an adjustment gives back within the month of its session is already out of that month's invoice. Given back later,
it is on a credit note of the month of the decision, one per invoice it corrects. Nothing is remembered but the
documents: a month that was missed is found at the next run, in order.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import DateField, F
from django.db.models.functions import TruncMonth

from accounts.models import User
from billing.invoices import register
from billing.invoices.commission import earned, freeze_commission, given_back, in_documents
from billing.invoices.content import Content, Line
from billing.invoices.months import Month, last_closed
from billing.models import Adjustment, Invoice, InvoiceCounter, Settlement
from billing.services.invoices import record_document
from billing.states import DocumentKind
from core import clock

log = logging.getLogger(__name__)

Due = tuple[Month, int]


@dataclass(frozen=True)
class _Run:
    """One mentor's month, with the series locked."""

    month: Month
    mentor: User
    counter: InvoiceCounter
    now: datetime


def issue_commission_invoices(*, now: datetime | None = None) -> int:
    """Issue what is missing for every month that is over since 4 o'clock in Paris; how many documents were."""
    moment = now or clock.now()
    return sum(_try(month, mentor_id, moment) for month, mentor_id in months_without_document(moment))


def months_without_document(now: datetime) -> list[Due]:
    """Which mentors have commissions of a closed month on no document, the oldest month first.

    A month given back entirely within itself stays in the list: it has no document, and needs none.
    """
    end = last_closed(now).ends_at
    kept = Settlement.objects.filter(commission_cents__gt=0, settled_at__lt=end)
    returned = Adjustment.objects.filter(commission_cents__gt=0, decided_at__lt=end)
    kept = kept.annotate(month=_month("settled_at"), to=F("mentor_id"))
    returned = returned.annotate(month=_month("decided_at"), to=F("settlement__mentor_id"))
    returned = returned.exclude(month=_month("settlement__settled_at"))
    pairs = ("month", "to")
    missing = _missing(DocumentKind.COMMISSION, kept.values_list(*pairs).distinct())
    missing |= _missing(DocumentKind.COMMISSION_CREDIT, returned.values_list(*pairs).distinct())
    return sorted(missing)


def subject_of(mentor_id: int, month: Month, part: int = 1) -> str:
    return f"commission:{mentor_id}:{month}" + (f":{part}" if part > 1 else "")


def _month(field: str) -> TruncMonth:
    return TruncMonth(field, tzinfo=ZoneInfo(settings.TIME_ZONE), output_field=DateField())


def _missing(kind: str, found: Iterable[tuple[date, int]]) -> set[Due]:
    issued = set(Invoice.objects.filter(kind=kind).values_list("subject", flat=True))
    months = {(Month(first), mentor_id) for first, mentor_id in found}
    return {(month, mentor_id) for month, mentor_id in months if subject_of(mentor_id, month) not in issued}


def _try(month: Month, mentor_id: int, now: datetime) -> int:
    try:
        return len(_issue(month, User.objects.get(pk=mentor_id), now))
    except Exception:
        # One mentor's month that cannot be invoiced keeps nobody else's back; the next run tries again.
        log.exception("commissions of mentor %s for %s were not invoiced", mentor_id, month)
        return 0


@transaction.atomic
def _issue(month: Month, mentor: User, now: datetime) -> list[Invoice]:
    """Everything of one mentor's month, or nothing. Whoever waited for the series finds what the other has issued."""
    run = _Run(month, mentor, register.lock_platform_counter(now), now)
    issued: list[Invoice] = []
    if not _exists(DocumentKind.COMMISSION, mentor, month):
        issued += _record(run, _earned(mentor, month))
    if not _exists(DocumentKind.COMMISSION_CREDIT, mentor, month):
        for corrected, lines in _given_back(mentor, month).items():
            issued += _record(run, lines, corrected)
    return issued


def _exists(kind: str, mentor: User, month: Month) -> bool:
    return Invoice.objects.filter(kind=kind, subject=subject_of(mentor.pk, month)).exists()


def _earned(mentor: User, month: Month) -> list[Line]:
    within = {"decided_at__gte": month.starts_at, "decided_at__lt": month.ends_at}
    adjusted: dict[int, list[Adjustment]] = defaultdict(list)
    for adjustment in Adjustment.objects.filter(settlement__mentor=mentor, **within):
        adjusted[adjustment.settlement_id].append(adjustment)
    rows = Settlement.objects.filter(
        mentor=mentor, commission_cents__gt=0, settled_at__gte=month.starts_at, settled_at__lt=month.ends_at
    )
    lines = [earned(row, adjusted[row.pk]) for row in rows.order_by("settled_at", "pk")]
    return [line for line in lines if line["total_cents"]]


def _given_back(mentor: User, month: Month) -> dict[Invoice, list[Line]]:
    """What was decided in this month on sessions of earlier ones, by the invoice that has their commission."""
    rows = Adjustment.objects.filter(
        settlement__mentor=mentor,
        settlement__settled_at__lt=month.starts_at,
        commission_cents__gt=0,
        decided_at__gte=month.starts_at,
        decided_at__lt=month.ends_at,
    )
    adjustments = list(rows.select_related("settlement").order_by("decided_at", "pk"))
    invoiced = _by_session(mentor) if adjustments else {}
    found: dict[Invoice, list[Line]] = defaultdict(list)
    for adjustment in adjustments:
        found[invoiced[adjustment.settlement.reference]].append(given_back(adjustment))
    return found


def _by_session(mentor: User) -> dict[str, Invoice]:
    rows = Invoice.objects.without_files().filter(kind=DocumentKind.COMMISSION, recipient=mentor)
    return {line["reference"]: invoice for invoice in rows for line in invoice.content["lines"]}


def _record(run: _Run, lines: list[Line], corrected: Invoice | None = None) -> list[Invoice]:
    return [_record_part(run, part, own, corrected) for part, own in enumerate(in_documents(lines), 1)]


def _record_part(run: _Run, part: int, lines: list[Line], corrected: Invoice | None) -> Invoice:
    def freeze(number: str) -> Content:
        return freeze_commission(
            mentor=run.mentor, month=run.month, lines=lines, number=number, issued_at=run.now, corrected=corrected
        )

    return record_document(
        counter=run.counter,
        freeze=freeze,
        recipient=run.mentor,
        subject=subject_of(run.mentor.pk, run.month, part),
        issued_at=run.now,
        corrects=corrected,
    )
