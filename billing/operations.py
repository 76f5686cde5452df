"""Every operation on a member's credit: what changed, why, what was left (the page « Crédit » and its file)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import LedgerEntry, LedgerTransaction, Refund, TopUp
from billing.statements import OTHER, REASONS
from billing.states import CREDIT_PURPOSE, DEBT_PURPOSE, TopUpOrigin
from core import references
from core.references import Described

AVAILABLE, HELD = "learner.available", "learner.held"
CREDIT_ADDED = _("Crédit ajouté par carte")
DEBT_PAID = _("Règlement de ce que vous deviez")
EXTENSION_PAID = _("Paiement d’une prolongation")
ALL_RETURNED = _("Montant débloqué")


@dataclass(frozen=True)
class Operation:
    """One operation, with what it changed in the free and in the blocked part of the credit, and what was free then."""

    at: datetime
    reason: str
    subject: Described | None
    available_cents: int
    held_cents: int
    balance_cents: int
    # The card that paid, of a card payment.
    card: str = ""
    refund: Refund | None = None

    @property
    def spent_cents(self) -> int:
        """What left the member's money: the price of a session, a refund to the card."""
        return max(0, -(self.available_cents + self.held_cents))


def transactions_of(user: User) -> QuerySet[LedgerTransaction]:
    """What touched a member's credit, latest first: in the order it was written, which is that of the balances."""
    touched = Q(entries__account__owner=user, entries__account__code__in=(AVAILABLE, HELD))
    rows = LedgerTransaction.objects.filter(touched).distinct()
    return rows.prefetch_related("entries__account").order_by("-pk")


def operations(user: User, rows: Sequence[LedgerTransaction]) -> list[Operation]:
    """The operations of some neighboring transactions, latest first."""
    if not rows:
        return []
    subjects = {reference: references.describe(reference) for reference in {row.reference for row in rows}}
    payments, refunds = _payments(rows), _refunds(user, rows)
    left = _free_after(user, rows[0])
    lines = []
    for row in rows:
        available, held = _change(row, user, AVAILABLE), _change(row, user, HELD)
        payment = payments.get(row.key)
        lines.append(
            Operation(
                at=row.occurred_at,
                reason=str(_reason(row, payment, available + held)),
                subject=subjects[row.reference],
                available_cents=available,
                held_cents=held,
                balance_cents=left,
                card=payment.card if payment and payment.origin != TopUpOrigin.GOODWILL else "",
                refund=refunds.get(row.reference),
            )
        )
        left -= available
    return lines


def _reason(row: LedgerTransaction, payment: TopUp | None, change_cents: int) -> object:
    if payment and payment.purpose == CREDIT_PURPOSE and payment.origin != TopUpOrigin.GOODWILL:
        return CREDIT_ADDED
    if payment and payment.purpose == DEBT_PURPOSE:
        return DEBT_PAID
    if payment and payment.hold_number > 1:
        return EXTENSION_PAID
    if row.kind == "settle" and not change_cents:
        return ALL_RETURNED
    return REASONS.get(row.kind, OTHER)


def _change(row: LedgerTransaction, user: User, code: str) -> int:
    entries = row.entries.all()
    return -sum(entry.amount for entry in entries if entry.account.code == code and entry.account.owner_id == user.pk)


def _free_after(user: User, row: LedgerTransaction) -> int:
    """What was free once this operation was written."""
    entries = LedgerEntry.objects.filter(transaction__pk__lte=row.pk, account__owner=user, account__code=AVAILABLE)
    return -int(entries.aggregate(total=Sum("amount"))["total"] or 0)


def _payments(rows: Sequence[LedgerTransaction]) -> dict[str, TopUp]:
    """By the key of their entry."""
    names = [row.key.removeprefix("topup:") for row in rows if row.kind == "topup"]
    found = TopUp.objects.filter(payment_intent_id__in=names) if names else []
    return {f"topup:{top_up.payment_intent_id}": top_up for top_up in found}


def _refunds(user: User, rows: Sequence[LedgerTransaction]) -> dict[str, Refund]:
    names = [row.reference.removeprefix("refund:") for row in rows if row.reference.startswith("refund:")]
    found = Refund.objects.filter(user=user, reference__in=names) if names else []
    return {f"refund:{refund.reference}": refund for refund in found}
