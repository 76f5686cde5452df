"""Invoices and credit notes: one for each fact, numbered without gaps."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.invoices.register import legal_date
from billing.reconciliation.report import Check, query

# Commission invoices are issued in the first days of the next month.
ISSUED_BEFORE_DAY = 5


def charged_without_invoice(_now: datetime) -> Check:
    rows = query("""
        SELECT settlement.reference, settlement.charged_cents FROM billing_settlement settlement
         WHERE settlement.charged_cents > 0 AND NOT EXISTS (
           SELECT FROM billing_invoice invoice
            WHERE invoice.subject = settlement.reference AND invoice.kind = 'invoice'
              AND invoice.total_cents = settlement.charged_cents)""")
    title = _("Réservations facturées sans leur facture")
    return Check("charged bookings without their invoice", ("reference", "amount"), rows, title)


def adjustments_are_complete(_now: datetime) -> Check:
    """Each adjustment has its credit note and its transaction, which gave the learner the same amount."""
    rows = query("""
        SELECT adjustment.reference, adjustment.amount_cents, note.total_cents, given.cents
          FROM billing_adjustment adjustment
          LEFT JOIN billing_invoice note ON note.adjustment_id = adjustment.id AND note.kind = 'credit_note'
          LEFT JOIN (SELECT written.key, -sum(entry.amount) AS cents
                       FROM billing_ledgertransaction written
                       JOIN billing_ledgerentry entry ON entry.transaction_id = written.id
                       JOIN billing_ledgeraccount account
                         ON account.id = entry.account_id AND account.code = 'learner.available'
                      GROUP BY written.key) AS given ON given.key = 'adjust:' || adjustment.reference
         WHERE note.total_cents IS DISTINCT FROM adjustment.amount_cents
            OR given.cents IS DISTINCT FROM adjustment.amount_cents""")
    title = _("Régularisations sans leur avoir ou sans leur opération")
    columns = ("adjustment", "amount", "credit note", "on the ledger")
    return Check("adjustments without their credit note or their ledger transaction", columns, rows, title)


def gaps_in_series(_now: datetime) -> Check:
    rows = query("""
        SELECT coalesce(counter.series, issued.series), coalesce(counter.last_number, 0), coalesce(issued.numbers, 0)
          FROM billing_invoicecounter counter
          FULL JOIN (SELECT series, count(*) AS numbers, max(number) AS last FROM billing_invoice GROUP BY series)
            AS issued ON issued.series = counter.series
         WHERE coalesce(counter.last_number, 0) <> coalesce(issued.numbers, 0)
            OR coalesce(counter.last_number, 0) <> coalesce(issued.last, 0)""")
    title = _("Séries de factures avec un trou")
    return Check("invoice series with gaps", ("series", "last number", "invoice"), rows, title)


def commissions_without_invoice(now: datetime) -> Check:
    """Months that ended, from the 5th on: what a mentor paid the platform is invoiced to him."""
    today = legal_date(now)
    first_open = today.replace(day=1)
    if today.day <= ISSUED_BEFORE_DAY:
        # The month that just ended is still being invoiced.
        first_open = first_open.replace(year=today.year - (today.month == 1), month=(today.month - 2) % 12 + 1)
    rows = query(
        """
        SELECT due.mentor_id, due.month, due.cents
          FROM (SELECT mentor_id, to_char(settled_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM') AS month,
                       sum(commission_cents) AS cents
                  FROM billing_settlement WHERE commission_cents > 0 GROUP BY 1, 2) AS due
         WHERE due.month < to_char(%s::date, 'YYYY-MM') AND NOT EXISTS (
           SELECT FROM billing_invoice invoice WHERE invoice.kind = 'commission'
              AND invoice.subject = 'commission:' || due.mentor_id || ':' || due.month)""",
        datetime(first_open.year, first_open.month, 1, tzinfo=now.tzinfo),
    )
    title = _("Commissions d’un mois terminé sans leur facture")
    return Check("commissions of an ended month without their invoice", ("mentor", "month", "amount"), rows, title)
