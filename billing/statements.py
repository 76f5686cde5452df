"""What the page « Crédit » reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import LedgerTransaction
from core import references
from core.references import Described

AVAILABLE, HELD = "learner.available", "learner.held"


REASONS: dict[str, Promise] = {
    "topup": _("Paiement par carte"),
    "hold": _("Montant bloqué"),
    "settle": _("Fin de la session"),
    "refund": _("Remboursement sur votre carte"),
    "refund_failed": _("Remboursement refusé par votre banque"),
    "adjust": _("Suite donnée à une réclamation"),
    "correction": _("Geste commercial de Skilmi"),
}
OTHER = _("Autre opération")


@dataclass(frozen=True)
class CreditLine:
    """One operation, with what it changed in the free and in the blocked part of the credit."""

    at: datetime
    reason: str
    subject: Described | None
    available_cents: int = 0
    held_cents: int = 0
    # What left the member's money: the price of a session, a refund to the card.
    spent_cents: int = field(default=0)


def credit_transactions(user: User) -> QuerySet[LedgerTransaction]:
    """The operations on a member's credit, latest first."""
    touched = Q(entries__account__owner=user, entries__account__code__in=(AVAILABLE, HELD))
    return (
        LedgerTransaction.objects.filter(touched)
        .distinct()
        .prefetch_related("entries__account")
        .order_by("-occurred_at", "-pk")
    )


def credit_lines(user: User, rows: Iterable[LedgerTransaction]) -> list[CreditLine]:
    described: dict[str, Described | None] = {}
    lines = []
    for row in rows:
        if row.reference not in described:
            described[row.reference] = references.describe(row.reference)
        changes = {
            code: -sum(
                entry.amount
                for entry in row.entries.all()
                if entry.account.code == code and entry.account.owner_id == user.pk
            )
            for code in (AVAILABLE, HELD)
        }
        lines.append(
            CreditLine(
                at=row.occurred_at,
                reason=str(REASONS.get(row.kind, OTHER)),
                subject=described[row.reference],
                available_cents=changes[AVAILABLE],
                held_cents=changes[HELD],
                spent_cents=max(0, -sum(changes.values())),
            )
        )
    return lines
