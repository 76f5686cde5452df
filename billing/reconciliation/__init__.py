"""What must be true of the money at any time. Each check returns the rows that break it: none, on a good day."""

from collections.abc import Callable
from datetime import datetime

from billing.reconciliation import credit, delays, documents, ledger, payouts, stripe_lines
from billing.reconciliation.report import Check
from core import clock

__all__ = ["CHECKS", "Check", "run_checks", "wrong"]

CHECKS: tuple[Callable[[datetime], Check], ...] = (
    ledger.drift,
    ledger.sum_zero,
    ledger.client_money_covered,
    ledger.disputes_match_account,
    ledger.disputes_match_balance,
    ledger.recoverable_covers_reversals,
    ledger.corrections_match_ledger,
    credit.settled_with_hold_left,
    credit.holds_match_accounts,
    credit.holds_are_funded,
    credit.allocations_match_payments,
    credit.credit_is_funded,
    credit.refunds_match_payments,
    credit.refunds_match_ledger,
    payouts.payments_overspent,
    payouts.charged_without_payout,
    payouts.payouts_match_parts,
    payouts.ended_with_parts_left,
    payouts.pending_matches_payouts,
    documents.charged_without_invoice,
    documents.adjustments_are_complete,
    documents.gaps_in_series,
    documents.commissions_match_invoices,
    stripe_lines.lines_without_transaction,
    stripe_lines.transactions_without_lines,
    stripe_lines.stale_imports,
    delays.stale_payouts,
    delays.stale_reversals,
    delays.stale_refunds,
    delays.unrendered_invoices,
    delays.events_given_up,
    delays.events_waiting,
)


def run_checks(now: datetime | None = None) -> list[Check]:
    """Every check, with its rows. A few milliseconds each: also for a page."""
    moment = now or clock.now()
    return [check(moment) for check in CHECKS]


def wrong(now: datetime | None = None) -> list[Check]:
    """The checks that found something."""
    return [check for check in run_checks(now) if check.rows]
