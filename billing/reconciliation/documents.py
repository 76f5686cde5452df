"""Invoices and credit notes: one for each fact, numbered without gaps."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from billing.invoices.months import last_closed
from billing.invoices.register import legal_date
from billing.reconciliation.report import Check, query

# Commission invoices are issued in the first days of the next month: a day without workers is no alarm.
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


COMMISSIONS = """
WITH settled AS (
  SELECT id, mentor_id, commission_cents, to_char(settled_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM') AS month
    FROM billing_settlement WHERE commission_cents > 0),
returned AS (
  SELECT settled.mentor_id, settled.month AS settled_in, adjustment.commission_cents,
         to_char(adjustment.decided_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM') AS month
    FROM billing_adjustment adjustment JOIN settled ON settled.id = adjustment.settlement_id),
due AS (
  SELECT kind, mentor_id, month, sum(cents) AS cents FROM (
    SELECT 'commission' AS kind, mentor_id, month, commission_cents AS cents FROM settled
     UNION ALL
    SELECT 'commission', mentor_id, month, -commission_cents FROM returned WHERE month = settled_in
     UNION ALL
    SELECT 'commission_cn', mentor_id, month, commission_cents FROM returned WHERE month > settled_in) AS rows
   GROUP BY kind, mentor_id, month),
issued AS (
  SELECT kind, recipient_id AS mentor_id, split_part(subject, ':', 3) AS month, sum(total_cents) AS cents
    FROM billing_invoice WHERE kind IN ('commission', 'commission_cn') GROUP BY 1, 2, 3)
SELECT coalesce(due.kind, issued.kind), coalesce(due.mentor_id, issued.mentor_id), coalesce(due.month, issued.month),
       coalesce(due.cents, 0), coalesce(issued.cents, 0)
  FROM due FULL JOIN issued USING (kind, mentor_id, month)
 WHERE coalesce(due.cents, 0) <> coalesce(issued.cents, 0)
   AND month < to_char(%s::timestamptz AT TIME ZONE 'Europe/Paris', 'YYYY-MM')
 ORDER BY 3, 2, 1
"""


def commissions_match_invoices(now: datetime) -> Check:
    """Months that ended, from the 6th on: what a mentor paid the platform is on that month's invoices, to the cent.

    What was given back of an earlier month is on a credit note of the month it was decided in.
    """
    last = last_closed(now)
    if legal_date(now).day <= ISSUED_BEFORE_DAY:
        # The month that just ended is still being invoiced.
        last = last_closed(last.starts_at + timedelta(days=1))
    columns = ("kind", "mentor", "month", "expected", "issued")
    title = _("Commissions d’un mois terminé sans leur facture")
    rows = query(COMMISSIONS, last.ends_at)
    return Check("commissions of an ended month without their invoice", columns, rows, title)
