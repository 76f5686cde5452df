"""What should have happened by now: a job that does not run, a Stripe that does not answer, news nobody understood."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from billing.reconciliation.report import Check, query
from core import values

STALE = timedelta(hours=1)


def stale_payouts(now: datetime) -> Check:
    """In flight over an hour, or not sent 72 hours after the close."""
    rows = query(
        """
        SELECT payout.reference, payout.status, payout.due_at
          FROM billing_payout payout JOIN billing_settlement settlement ON settlement.id = payout.settlement_id
         WHERE payout.status = 'in_flight' AND payout.claimed_at < %s
            OR payout.status NOT IN ('paid', 'suspended', 'canceled') AND settlement.settled_at < %s""",
        now - STALE,
        now - values.hours("payout_alarm_hours"),
    )
    title = _("Virements qui devraient être partis")
    return Check("payouts that should have left", ("payout", "status", "due"), rows, title)


def stale_reversals(now: datetime) -> Check:
    rows = query(
        """
        SELECT reference, status, coalesce(claimed_at, next_attempt_at), last_error FROM billing_transferreversal
         WHERE status = 'in_flight' AND claimed_at < %s OR status = 'due' AND next_attempt_at < %s""",
        now - STALE,
        now - STALE,
    )
    title = _("Reprises de virement en cours depuis plus d’une heure")
    return Check("reversals under way for an hour", ("reversal", "status", "since", "error"), rows, title)


def stale_refunds(now: datetime) -> Check:
    rows = query(
        """
        SELECT reference, status, coalesce(claimed_at, next_attempt_at), last_error FROM billing_refund
         WHERE status = 'in_flight' AND claimed_at < %s OR status = 'due' AND next_attempt_at < %s""",
        now - STALE,
        now - STALE,
    )
    title = _("Remboursements en cours depuis plus d’une heure")
    return Check("refunds under way for an hour", ("refund", "status", "since", "error"), rows, title)


def unrendered_invoices(now: datetime) -> Check:
    rows = query(
        "SELECT full_number, attempts, last_error FROM billing_invoice WHERE rendered_at IS NULL AND issued_at < %s",
        now - STALE,
    )
    title = _("Factures sans fichier depuis une heure")
    return Check("invoices without a file for an hour", ("number", "attempts", "error"), rows, title)


def events_given_up(_now: datetime) -> Check:
    rows = query("""
        SELECT event_id, type, received_at, last_error FROM billing_stripeevent
         WHERE handled_at IS NULL AND next_attempt_at IS NULL ORDER BY received_at""")
    title = _("Événements de Stripe abandonnés")
    return Check("Stripe events given up", ("event", "kind", "since", "error"), rows, title)


def events_waiting(now: datetime) -> Check:
    """Nobody took them for an hour after their time: the workers are down or overrun."""
    rows = query(
        """
        SELECT event_id, type, received_at, last_error FROM billing_stripeevent
         WHERE handled_at IS NULL AND next_attempt_at < %s ORDER BY received_at""",
        now - STALE,
    )
    title = _("Événements de Stripe en attente depuis une heure")
    return Check("Stripe events waiting for an hour", ("event", "kind", "since", "error"), rows, title)
