"""What the pages « Revenus » and « Crédit » read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import LedgerTransaction, Payout, Settlement
from billing.states import PayoutStatus
from core import references, values
from core.references import Described

AVAILABLE, HELD = "learner.available", "learner.held"


# --- « Revenus » ---


@dataclass(frozen=True)
class Earning:
    """One paid session and its way to the mentor's bank. `sent_before`: the latest moment promised."""

    settlement: Settlement
    payout: Payout
    session: Described | None
    sent_before: datetime


@dataclass(frozen=True)
class Summary:
    """The figures at the top. Waiting payouts are ordered by date: the first is the next."""

    next_payout: Payout | None
    next_before: datetime | None
    later_cents: int
    later_before: datetime | None
    suspended_cents: int
    sent_cents: int
    sent_count: int
    year: int


@dataclass(frozen=True)
class Totals:
    charged_cents: int = 0
    commission_cents: int = 0
    net_cents: int = 0
    vat_cents: int = 0
    sessions: int = 0


def settlements_of(mentor: User, *, since: datetime | None = None) -> QuerySet[Settlement]:
    """The paid sessions of a mentor, latest first."""
    rows = Settlement.objects.filter(mentor=mentor, charged_cents__gt=0, payout__isnull=False)
    if since is not None:
        rows = rows.filter(settled_at__gte=since)
    return rows.select_related("learner", "payout").order_by("-settled_at", "-pk")


def totals(rows: QuerySet[Settlement]) -> Totals:
    sums = rows.order_by().aggregate(
        charged=Sum("charged_cents", default=0),
        commission=Sum("commission_cents", default=0),
        vat=Sum("vat_cents", default=0),
        sessions=Count("pk"),
    )
    return Totals(
        charged_cents=sums["charged"],
        commission_cents=sums["commission"],
        net_cents=sums["charged"] - sums["commission"],
        vat_cents=sums["vat"],
        sessions=sums["sessions"],
    )


def earnings(rows: Iterable[Settlement]) -> list[Earning]:
    margin = _margin()
    return [Earning(row, row.payout, references.describe(row.reference), row.payout.due_at + margin) for row in rows]


def _margin() -> timedelta:
    """From the moment a payout is due to the latest promised."""
    return values.hours("payout_alarm_hours") - values.hours("payout_delay_hours")


def summary(mentor: User, *, now: datetime) -> Summary:
    rows = Payout.objects.filter(mentor=mentor)
    year_start = timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = rows.filter(status=PayoutStatus.PAID, paid_at__gte=year_start).aggregate(
        cents=Sum("amount_cents", default=0), count=Count("pk")
    )
    suspended = rows.filter(status=PayoutStatus.SUSPENDED).aggregate(cents=Sum("amount_cents", default=0))
    waiting = list(
        rows.exclude(Q(status=PayoutStatus.PAID) | Q(status=PayoutStatus.SUSPENDED)).order_by("due_at", "pk")
    )
    first, later = (waiting[0] if waiting else None), waiting[1:]
    margin = _margin()
    return Summary(
        next_payout=first,
        next_before=first.due_at + margin if first else None,
        later_cents=sum(payout.amount_cents for payout in later),
        later_before=later[-1].due_at + margin if later else None,
        suspended_cents=suspended["cents"],
        sent_cents=sent["cents"],
        sent_count=sent["count"],
        year=year_start.year,
    )


# --- « Crédit » ---

REASONS: dict[str, Promise] = {
    "topup": _("Paiement par carte"),
    "hold": _("Montant bloqué"),
    "settle": _("Fin de la session"),
    "refund": _("Remboursement sur votre carte"),
    "refund_failed": _("Remboursement refusé par votre banque"),
    "adjust": _("Suite donnée à une réclamation"),
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
