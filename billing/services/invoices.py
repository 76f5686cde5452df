"""Issuing documents with what they document, and rendering them afterwards, once."""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import User
from billing.invoices import register
from billing.invoices.content import COMMISSION_KINDS, CREDIT_KINDS, Content, freeze, freeze_credit_note
from billing.invoices.upgrade import upgrade
from billing.models import Adjustment, Invoice, InvoiceCounter, Settlement
from billing.signals import invoice_ready
from billing.states import DocumentKind
from core import clock, jobs
from notifications.services import notify

log = logging.getLogger(__name__)

RENDERER = "billing.invoices.rendering.render"
NOTICES: dict[str, str] = {
    DocumentKind.INVOICE: "billing.invoice_ready",
    DocumentKind.CREDIT_NOTE: "billing.credit_note_ready",
    DocumentKind.COMMISSION: "billing.commission_invoice",
    DocumentKind.COMMISSION_CREDIT: "billing.commission_invoice",
}
# A claim that was not followed by a file is tried again after this, whatever happened to the worker.
RETRY_AFTER = timedelta(minutes=5)
BATCH = 50


def issue_invoice(*, settlement: Settlement, counter: InvoiceCounter, paid_at: datetime) -> Invoice:
    """Invoice a settled booking in its mentor's name, in the settlement's transaction."""
    return record_document(
        counter=counter,
        freeze=lambda number: freeze(settlement=settlement, number=number, paid_at=paid_at),
        issuer=settlement.mentor,
        recipient=settlement.learner,
        subject=settlement.reference,
        issued_at=settlement.settled_at,
    )


def issue_credit_note(*, adjustment: Adjustment, counter: InvoiceCounter) -> Invoice:
    """Correct the invoice of an adjusted booking, in the transaction of the adjustment.

    `counter` is the mentor's series of the year of the decision, locked by `register.lock_counter`.
    """
    settlement = adjustment.settlement
    invoice = Invoice.objects.without_files().get(kind=DocumentKind.INVOICE, subject=settlement.reference)
    corrected = upgrade(invoice.content)
    return record_document(
        counter=counter,
        freeze=lambda number: freeze_credit_note(adjustment=adjustment, corrected=corrected, number=number),
        issuer=settlement.mentor,
        recipient=settlement.learner,
        subject=settlement.reference,
        issued_at=adjustment.decided_at,
        corrects=invoice,
        adjustment=adjustment,
    )


def record_document(
    *,
    counter: InvoiceCounter,
    freeze: Callable[[str], Content],
    recipient: User,
    subject: str,
    issued_at: datetime,
    issuer: User | None = None,
    corrects: Invoice | None = None,
    adjustment: Adjustment | None = None,
) -> Invoice:
    """Take the next number of the locked series and freeze the content under it, in the caller's transaction."""
    number = register.take_number(counter)
    full_number = register.full_number(counter.series, number)
    content = freeze(full_number)
    invoice = Invoice.objects.create(
        kind=content["kind"],
        series=counter.series,
        number=number,
        full_number=full_number,
        issuer=issuer,
        recipient=recipient,
        subject=subject,
        corrects=corrects,
        adjustment=adjustment,
        total_cents=content["amounts"]["total_cents"],
        issued_at=issued_at,
        content=content,
        next_render_at=issued_at,
    )
    jobs.enqueue("billing.render_invoice", invoice_id=invoice.pk)
    return invoice


def render_due_invoices(*, now: datetime | None = None) -> int:
    """Render what waits; how many files were made."""
    moment = now or clock.now()
    due = Invoice.objects.to_render(moment).order_by("next_render_at").values_list("pk", flat=True)[:BATCH]
    return sum(render_invoice(invoice_id=pk, now=moment) for pk in due)


def render_now(*, invoice: Invoice, now: datetime | None = None) -> bool:
    """Try again at once what failed, as the team asks for; False when it failed again or has its file already.

    Content and number stay: it is the same document. Rendered twice at the same time, the first file is kept.
    """
    moment = now or clock.now()
    Invoice.objects.filter(pk=invoice.pk, rendered_at__isnull=True).update(next_render_at=moment)
    return render_invoice(invoice_id=invoice.pk, now=moment)


def render_invoice(*, invoice_id: int, now: datetime | None = None) -> bool:
    """Claim, render without any lock, keep the first file. False when there was nothing to do or it failed."""
    moment = now or clock.now()
    if not _claim(invoice_id, moment):
        return False
    invoice = Invoice.objects.get(pk=invoice_id)
    render = cast(Callable[[dict[str, Any]], bytes], import_string(RENDERER))
    try:
        file = render(invoice.content)
    except Exception as error:
        # Whatever the libraries raise, the row stays due, says why, and the next sweep tries again.
        log.exception("invoice %s was not rendered", invoice)
        Invoice.objects.filter(pk=invoice_id).update(last_error=repr(error)[:300])
        return False
    return _store(invoice, file, moment)


def _claim(invoice_id: int, now: datetime) -> bool:
    claimed = (
        Invoice.objects.to_render(now)
        .filter(pk=invoice_id)
        .update(attempts=F("attempts") + 1, next_render_at=now + RETRY_AFTER)
    )
    return bool(claimed)


@transaction.atomic
def _store(invoice: Invoice, file: bytes, now: datetime) -> bool:
    stored = Invoice.objects.filter(pk=invoice.pk, rendered_at__isnull=True).update(
        pdf=file, pdf_sha256=sha256(file).hexdigest(), rendered_at=now, last_error=""
    )
    if not stored:
        return False
    invoice.refresh_from_db()
    _announce(invoice)
    return True


def _announce(invoice: Invoice) -> None:
    content = upgrade(invoice.content)
    period = content.get("period")
    for member, tab in _told(invoice):
        notify(
            recipient=member,
            kind=NOTICES[invoice.kind],
            url=f"{reverse('billing:invoices')}?onglet={tab}",
            reference=f"invoice:{invoice.reference}",
            context={
                "invoice": invoice,
                "document": content,
                "month": date.fromisoformat(period["first"]) if period else None,
                "is_issuer": member == invoice.issuer,
                "is_credit": invoice.kind in CREDIT_KINDS,
            },
        )
    invoice_ready.send(sender=Invoice, invoice=invoice)


def _told(invoice: Invoice) -> Iterator[tuple[User, str]]:
    """Who hears of a document, and in which tab of « Factures » it is."""
    if invoice.issuer:
        yield invoice.issuer, "emises"
    yield invoice.recipient, "commissions" if invoice.kind in COMMISSION_KINDS else "recues"
