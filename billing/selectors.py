"""Reading money and documents."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from billing.ledger import balance, total
from billing.ledger.accounts import available
from billing.models import Invoice
from billing.models.invoices import InvoiceQuerySet
from core.references import Described


@dataclass(frozen=True)
class Credit:
    """A learner's money on the platform: free to use, and blocked for bookings."""

    available_cents: int
    held_cents: int


def credit_of(user: User) -> Credit:
    return Credit(
        available_cents=balance(available(user)),
        held_cents=total("learner.held", owner_id=user.pk),
    )


def invoices_received(user: User) -> InvoiceQuerySet:
    return _listed(user).filter(recipient=user)


def invoices_issued(user: User) -> InvoiceQuerySet:
    """In this member's name, by his mandate."""
    return _listed(user).filter(issuer=user)


def get_invoice_for(user: User, reference: str) -> Invoice:
    """The only door to somebody's invoice: 404 for everybody but its two parties."""
    invoice = Invoice.objects.for_user(user).filter(reference=reference).first()
    if invoice is None:
        raise Http404
    return invoice


def describe_invoice(reference: str) -> Described | None:
    invoice = Invoice.objects.without_files().filter(reference=reference).first()
    if invoice is None:
        return None
    label = _("Facture %(number)s") % {"number": invoice.full_number}
    return Described(label=label, url=reverse("billing:invoice_pdf", args=[reference]))


def _listed(user: User) -> InvoiceQuerySet:
    rows = Invoice.objects.for_user(user).without_files()
    return rows.select_related("issuer", "recipient").order_by("-issued_at", "-pk")
