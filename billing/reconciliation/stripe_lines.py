"""Stripe's lines against the ledger, both ways. Only what an import long past should have seen is judged.

Both sides keep real time: Stripe dates its lines, the database dates the rows of the ledger.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.models import StripeImport
from billing.reconciliation.report import Check, query

MARGIN = timedelta(hours=1)


def _edge() -> datetime | None:
    """What is older than this, both sides know."""
    last = StripeImport.objects.order_by("until").last()
    return last.until - MARGIN if last else None


def lines_without_transaction(_now: datetime) -> Check:
    edge = _edge()
    rows = edge and query(
        """
        SELECT stripe_id, kind, source, created_at, amount_cents - fee_cents FROM billing_stripemovement
         WHERE created_at < %s AND (ledger_key = '' OR fee_key = '' AND fee_cents <> 0)
         ORDER BY created_at""",
        edge,
    )
    title = _("Mouvements Stripe sans opération au grand livre")
    columns = ("at Stripe", "kind", "reference", "since", "amount")
    return Check("Stripe lines without a ledger transaction", columns, rows or [], title)


def transactions_without_lines(_now: datetime) -> Check:
    """Each ledger transaction on our Stripe balance says the amount of its lines.

    A refund and its failure are one story: refused at once, it never was a line. One that waits to be sent is told by
    another check.
    """
    edge = _edge()
    rows = edge and query(
        """
        WITH said AS (
          SELECT regexp_replace(written.key, '^refund-failed:', 'refund:') AS key, sum(entry.amount) AS cents,
                 max(written.created_at) AS created_at
            FROM billing_ledgerentry entry
            JOIN billing_ledgeraccount account ON account.id = entry.account_id AND account.code = 'stripe'
            JOIN billing_ledgertransaction written ON written.id = entry.transaction_id
           GROUP BY 1),
        lines AS (
          SELECT regexp_replace(half.key, '^refund-failed:', 'refund:') AS key, sum(half.cents) AS cents
            FROM (SELECT ledger_key AS key, amount_cents AS cents FROM billing_stripemovement
                   UNION ALL SELECT fee_key, -fee_cents FROM billing_stripemovement) AS half
           WHERE half.key <> '' GROUP BY 1)
        SELECT coalesce(said.key, lines.key), coalesce(said.cents, 0), coalesce(lines.cents, 0)
          FROM said FULL JOIN lines ON lines.key = said.key
         WHERE coalesce(said.cents, 0) <> coalesce(lines.cents, 0)
           AND (said.created_at IS NULL OR said.created_at < %s)
           AND NOT EXISTS (
             SELECT FROM billing_refund refund
              WHERE said.key = 'refund:' || refund.reference AND refund.status IN ('due', 'in_flight'))
         ORDER BY 1""",
        edge,
    )
    title = _("Opérations que Stripe dit autrement")
    return Check(
        "ledger transactions of which Stripe says otherwise", ("key", "on the ledger", "at Stripe"), rows or [], title
    )


def stale_imports(_now: datetime) -> Check:
    """Stripe was not read for a day although money moved there."""
    rows = (
        []
        if not settings.STRIPE_SECRET_KEY
        else query("""
        SELECT last.until FROM (SELECT max(until) AS until FROM billing_stripeimport) AS last
         WHERE last.until < clock_timestamp() - interval '1 day'
            OR last.until IS NULL AND EXISTS (
              SELECT FROM billing_ledgertransaction written
               WHERE written.kind = 'topup' AND written.created_at < clock_timestamp() - interval '1 day')""")
    )
    return Check("readings of Stripe that are too old", ("since",), rows, _("Lecture de Stripe trop ancienne"))
