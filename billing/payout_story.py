"""One session's money from its settlement to the mentor's account, each step dated: the page of a payout."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from billing import causes
from billing.invoices.register import legal_date
from billing.models import Invoice, LedgerTransaction, Payout, PayoutPart, TransferReversal
from billing.states import DocumentKind, PayoutStatus, ReversalStatus
from core import references
from core.money import format_euros


@dataclass(frozen=True)
class Step:
    """`cents`: what it changed in what the mentor receives, signed; None when nothing moved."""

    at: datetime
    text: str
    cents: int | None = None
    detail: str = ""
    # Stripe's name for it, to be found again there.
    stripe_id: str = ""
    href: str = ""
    label: str = ""
    is_ahead: bool = False
    # Nobody knows when a suspended or failed payout leaves.
    is_dated: bool = True


@dataclass(frozen=True)
class Documents:
    """The documents of one session, each by its role; those that exist."""

    invoice: Invoice | None = None
    credit_notes: list[Invoice] = field(default_factory=list)
    # Of the month; in several parts when it is long.
    commissions: list[Invoice] = field(default_factory=list)


def get_payout_for(mentor: User, reference: str) -> Payout:
    """The only door to a payout: 404 for everybody but its mentor."""
    rows = Payout.objects.filter(mentor=mentor, reference=reference)
    payout = rows.select_related("settlement", "settlement__learner", "mentor").first()
    if payout is None:
        raise Http404
    return payout


def documents_of(payout: Payout) -> Documents:
    settlement = payout.settlement
    rows = list(Invoice.objects.without_files().filter(subject=settlement.reference).order_by("issued_at", "pk"))
    month = f"commission:{payout.mentor_id}:{legal_date(settlement.settled_at):%Y-%m}"
    commissions = Invoice.objects.without_files().filter(
        Q(subject=month) | Q(subject__startswith=f"{month}:"), kind=DocumentKind.COMMISSION
    )
    return Documents(
        invoice=next((row for row in rows if row.kind == DocumentKind.INVOICE), None),
        credit_notes=[row for row in rows if row.kind == DocumentKind.CREDIT_NOTE],
        commissions=list(commissions.order_by("pk")),
    )


def story(payout: Payout, documents: Documents, *, sent_before: datetime) -> list[Step]:
    """Every step, oldest first; what is still ahead comes last."""
    steps = [
        _settled(payout, documents.invoice),
        *_adjustments(payout, documents.credit_notes),
        *_suspensions(payout),
        *_moved_money(payout),
        *_reversals(payout),
        *_end(payout, sent_before),
    ]
    return sorted(steps, key=lambda step: (step.is_ahead, step.at))


def _linked(step: Step, invoice: Invoice | None) -> Step:
    if invoice is None:
        return step
    return replace(step, href=reverse("billing:invoice_pdf", args=[invoice.reference]), label=invoice.full_number)


def _settled(payout: Payout, invoice: Invoice | None) -> Step:
    settlement = payout.settlement
    detail = _("%(gross)s payés, %(commission)s de commission") % {
        "gross": format_euros(settlement.charged_cents),
        "commission": format_euros(settlement.commission_cents),
    }
    return _linked(Step(settlement.settled_at, _("Session close"), payout.amount_cents, detail), invoice)


def _adjustments(payout: Payout, credit_notes: list[Invoice]) -> Iterator[Step]:
    notes = {note.adjustment_id: note for note in credit_notes}
    for row in payout.settlement.adjustments.order_by("decided_at", "pk"):
        text = _("%(amount)s rendus à l’apprenant") % {"amount": format_euros(row.amount_cents)}
        yield _linked(Step(row.decided_at, text, -row.net_cents, row.reason), notes.get(row.pk))


def _suspensions(payout: Payout) -> Iterator[Step]:
    for row in payout.suspensions.order_by("opened_at", "pk"):
        about = references.describe(row.cause)
        yield Step(
            row.opened_at,
            _("Virement suspendu"),
            detail=causes.sentence(row.cause),
            href=about.url if about else "",
            label=_("Voir le dossier"),
        )
        if row.lifted_at:
            yield Step(row.lifted_at, _("Suspension levée"), detail=causes.short_words(row.cause).capitalize())


def _moved_money(payout: Payout) -> Iterator[Step]:
    """Transfers and set-offs, as the ledger dates them."""
    transfers = {row.pk: row for row in payout.parts.exclude(transfer_id="")}
    keys = Q(key=f"payout:{payout.pk}") | Q(key__startswith=f"payout:{payout.pk}:")
    keys |= Q(key__startswith=f"setoff:{payout.pk}:")
    rows = LedgerTransaction.objects.filter(keys).order_by("occurred_at", "pk").prefetch_related("entries__account")
    for row in rows:
        cents = sum(entry.amount for entry in row.entries.all() if entry.account.code == "mentor.pending")
        if row.key.startswith("setoff:"):
            yield Step(row.occurred_at, _("Retenu sur ce que vous deviez"), -cents)
        else:
            yield Step(
                row.occurred_at,
                _("Envoyé sur votre compte Stripe"),
                detail=format_euros(cents),
                stripe_id=_transfer_ids(row.key, transfers),
            )


def _transfer_ids(key: str, transfers: dict[int, PayoutPart]) -> str:
    """One transfer per part; a payout of before that rule has one entry for all."""
    part = key.split(":")[2:]
    found = [transfers[int(part[0])]] if part and int(part[0]) in transfers else list(transfers.values())
    return ", ".join(row.transfer_id for row in found)


def _reversals(payout: Payout) -> Iterator[Step]:
    rows = TransferReversal.objects.filter(part__payout=payout).order_by("created_at", "pk")
    for row in rows:
        amount = {"amount": format_euros(row.amount_cents)}
        yield Step(row.created_at, _("%(amount)s à reprendre sur votre compte Stripe") % amount)
        if row.status == ReversalStatus.DONE and row.done_at:
            text = _("%(amount)s repris sur votre compte Stripe") % amount
            yield Step(row.done_at, text, stripe_id=row.reversal_id)
        elif row.status == ReversalStatus.REFUSED:
            text = _("Reprise impossible\u202f: %(amount)s seront retenus sur vos prochains virements") % amount
            yield Step(row.done_at or row.created_at, text)


def _end(payout: Payout, sent_before: datetime) -> Iterator[Step]:
    if payout.status == PayoutStatus.CANCELED:
        return
    if payout.paid_at:
        text = (
            _("Virement terminé") if payout.to_send_cents else _("Rien à virer\u202f: tout a servi à régler une dette")
        )
        yield Step(payout.paid_at, text)
    elif payout.status == PayoutStatus.FAILED:
        yield Step(sent_before, _("Virement échoué\u202f: l’équipe s’en occupe"), is_ahead=True, is_dated=False)
    elif payout.status == PayoutStatus.SUSPENDED:
        yield Step(sent_before, _("Virement, quand la suspension sera levée"), is_ahead=True, is_dated=False)
    else:
        detail = format_euros(payout.to_send_cents)
        yield Step(sent_before, _("Virement au plus tard"), detail=detail, is_ahead=True)
