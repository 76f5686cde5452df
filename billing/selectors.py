"""Reading money and documents."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Sum
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from billing.documents import title_of
from billing.ledger import balance, total
from billing.ledger.accounts import available
from billing.models import Dispute, Hold, Invoice, Refund, TopUp
from billing.rules import Portion, take_in_order
from billing.states import CREDIT_PURPOSE, DEBT_PURPOSE, DisputeStatus, HoldStatus, TopUpStatus
from core import references
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


@dataclass(frozen=True)
class Blocked:
    """What is blocked for one booking, its extensions included."""

    subject: Described | None
    cents: int
    since: datetime


def blocked_amounts(user: User) -> list[Blocked]:
    """The bookings the learner's money is blocked for, the oldest first."""
    placed = Hold.objects.filter(learner=user, status=HoldStatus.PLACED).values("reference")
    rows = placed.annotate(cents=Sum("amount_cents"), since=Min("placed_at")).order_by("since", "reference")
    return [Blocked(references.describe(row["reference"]), row["cents"], row["since"]) for row in rows]


def refundable_cents(user: User) -> int:
    """The credit that can go back to cards."""
    return sum(top_up.refundable_cents for top_up in TopUp.objects.filter(user=user).refundable())


def refund_plan(user: User, amount_cents: int) -> list[tuple[TopUp, int]]:
    """Which card payments would be refunded, and how much of each: what a refund asked for now does."""
    top_ups = {top_up.pk: top_up for top_up in TopUp.objects.filter(user=user).refundable()}
    taken = take_in_order(amount_cents, [Portion(pk, top_up.refundable_cents) for pk, top_up in top_ups.items()])
    return [(top_ups[portion.id], portion.cents) for portion in taken]


def get_credit_payment_for(user: User, reference: str) -> TopUp:
    """The only door to somebody's payment of credit or of a debt: 404 for everybody else."""
    purposes = (CREDIT_PURPOSE, DEBT_PURPOSE)
    top_up = TopUp.objects.filter(user=user, reference=reference, purpose__in=purposes).first()
    if top_up is None:
        raise Http404
    return top_up


def open_credit_payment(user: User) -> TopUp | None:
    """A page at Stripe the learner has not finished with."""
    purposes = (CREDIT_PURPOSE, DEBT_PURPOSE)
    rows = TopUp.objects.filter(user=user, purpose__in=purposes, status=TopUpStatus.OPEN).exclude(checkout_url="")
    return rows.order_by("-pk").first()


def contested_payments(user: User) -> list[Dispute]:
    """What his bank asks back and has not decided on, with the card payment."""
    rows = Dispute.objects.filter(top_up__user=user, status=DisputeStatus.OPEN)
    return list(rows.select_related("top_up").order_by("pk"))


def describe_refund(reference: str) -> Described | None:
    refund = Refund.objects.filter(reference=reference).select_related("top_up").first()
    return Described(label=refund.top_up.card, url=reverse("billing:credit") + "#operations") if refund else None


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
    return Described(label=title_of(invoice), url=reverse("billing:invoice_pdf", args=[reference]))
