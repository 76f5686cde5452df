"""What of the money waits for the team, and what should count nothing (core.queues)."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Correction, Dispute
from billing.reconciliation import run_checks
from billing.services.payouts import overdue
from billing.states import CorrectionStatus, DisputeStatus
from core import clock
from core.queues import Queue, Watched


def proposed_corrections() -> QuerySet[Correction]:
    return Correction.objects.filter(status=CorrectionStatus.PROPOSED).order_by("proposed_at", "pk")


def disputes_to_answer() -> QuerySet[Dispute]:
    """Inquiries and disputes for which proofs can still be sent: Stripe does not tell whether they were."""
    rows = Dispute.objects.filter(status__in=[DisputeStatus.INQUIRY, DisputeStatus.OPEN])
    in_time = Q(evidence_due_by=None) | Q(evidence_due_by__gt=clock.now())
    return rows.filter(in_time).order_by("evidence_due_by", "pk")


def overdue_payouts() -> int:
    return overdue(clock.now()).count()


def books_wrong() -> int:
    """How many rows the checks of the books found."""
    return sum(len(check.rows) for check in run_checks())


DISPUTES = Queue(
    "disputes",
    _("Contestations bancaires à documenter"),
    "billing.view_dispute",
    disputes_to_answer,
    since="opened_at",
    page="admin:billing_dispute",
    due="evidence_due_by",
)
CORRECTIONS = Queue(
    "corrections",
    _("Corrections à valider"),
    "billing.approve_correction",
    proposed_corrections,
    since="proposed_at",
    page="admin:billing_correction",
    target="correction_hours",
)
WATCHED = (
    Watched(
        "payouts",
        _("Virements en retard sur la promesse"),
        "billing.view_payout",
        overdue_payouts,
        page="admin:billing_payout_changelist",
        query="?etat=en-retard",
    ),
    Watched(
        "books",
        _("Écarts dans les comptes"),
        "billing.view_ledgertransaction",
        books_wrong,
        page="admin:billing_reconciliation",
    ),
)
