"""The ledger against itself, and against what members are owed."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.reconciliation.report import Check, query


def drift(_now: datetime) -> Check:
    """Kept balances against the sum of their entries."""
    return Check(
        "balances that are not the sum of their entries",
        ("code", "owner", "reference", "account", "sum"),
        query("SELECT code, owner_id, reference, balance, summed FROM ledger_drift"),
        _("Soldes qui ne sont pas la somme de leurs écritures"),
    )


def sum_zero(_now: datetime) -> Check:
    rows = query("""
        SELECT account.currency, sum(entry.amount)
          FROM billing_ledgerentry entry JOIN billing_ledgeraccount account ON account.id = entry.account_id
         GROUP BY account.currency HAVING sum(entry.amount) <> 0""")
    title = _("Devises dont la somme n’est pas nulle")
    return Check("currencies that do not sum to zero", ("currency", "sum"), rows, title)


def client_money_covered(_now: datetime) -> Check:
    """What members can ask for is at most what Stripe holds or somebody owes.

    The fees and gifts the platform bears lie within its own money as long as it took nothing out to its bank.
    """
    rows = query(
        """
        SELECT owed, covered FROM (
          SELECT coalesce(-sum(entry.amount) FILTER (
                   WHERE account.code IN ('learner.available', 'learner.held', 'mentor.pending')), 0) AS owed,
                 coalesce(sum(entry.amount) FILTER (
                   WHERE account.code IN ('stripe', 'dispute', 'mentor.recoverable', 'learner.receivable')), 0)
                   AS covered,
                 coalesce(sum(entry.amount) FILTER (WHERE account.code LIKE 'expense.%'), 0) AS borne,
                 coalesce(sum(entry.amount) FILTER (WHERE account.code = 'bank'), 0) AS taken_out
            FROM billing_ledgerentry entry JOIN billing_ledgeraccount account ON account.id = entry.account_id
           WHERE account.currency = 'EUR') AS sums
         WHERE owed > covered + borne OR owed > covered AND taken_out > 0"""
    )
    title = _("Argent des membres qui n’est pas couvert")
    return Check("members’ money that is not covered", ("owed", "covered"), rows, title)


def disputes_match_account(_now: datetime) -> Check:
    """What Stripe withdrew and may give back: dispute by dispute, and nothing else on that account."""
    rows = query("""
        SELECT coalesce(said.dispute, open.stripe_id, ''), coalesce(said.cents, 0), coalesce(open.amount_cents, 0)
          FROM (SELECT CASE WHEN written.key LIKE 'dispute:%' THEN split_part(written.key, ':', 2) ELSE '' END
                         AS dispute, sum(entry.amount) AS cents
                  FROM billing_ledgerentry entry
                  JOIN billing_ledgeraccount account ON account.id = entry.account_id AND account.code = 'dispute'
                  JOIN billing_ledgertransaction written ON written.id = entry.transaction_id
                 GROUP BY 1) AS said
          FULL JOIN (SELECT stripe_id, amount_cents FROM billing_dispute WHERE status = 'open') AS open
            ON open.stripe_id = said.dispute
         WHERE coalesce(said.cents, 0) <> coalesce(open.amount_cents, 0)""")
    title = _("Contestations bancaires que le grand livre dit autrement")
    return Check("disputes of which the ledger says otherwise", ("dispute", "on the ledger", "expected"), rows, title)


def disputes_match_balance(_now: datetime) -> Check:
    """What each dispute took from our balance at Stripe: its fee, and the amount unless it was won, also on appeal."""
    rows = query("""
        SELECT dispute.stripe_id, dispute.status, coalesce(sum(entry.amount), 0),
               -dispute.fee_cents - CASE WHEN dispute.status = 'won' THEN 0 ELSE dispute.amount_cents END
          FROM billing_dispute dispute
          LEFT JOIN billing_ledgertransaction written
            ON written.key IN ('dispute:' || dispute.stripe_id || ':opened', 'dispute:' || dispute.stripe_id || ':won')
          LEFT JOIN (SELECT entry.transaction_id, entry.amount FROM billing_ledgerentry entry
                       JOIN billing_ledgeraccount account ON account.id = entry.account_id AND account.code = 'stripe')
            AS entry ON entry.transaction_id = written.id
         WHERE dispute.status IN ('open', 'won', 'lost')
         GROUP BY dispute.id
        HAVING coalesce(sum(entry.amount), 0)
               <> -dispute.fee_cents - CASE WHEN dispute.status = 'won' THEN 0 ELSE dispute.amount_cents END""")
    title = _("Contestations bancaires dont l’issue n’est pas au grand livre")
    columns = ("dispute", "status", "on the ledger", "expected")
    return Check("disputes whose end the ledger does not know", columns, rows, title)


def recoverable_covers_reversals(_now: datetime) -> Check:
    """What is being taken back from a mentor he owes."""
    rows = query("""
        SELECT open.mentor_id, coalesce(account.balance, 0), open.cents
          FROM (SELECT payout.mentor_id, sum(reversal.amount_cents) AS cents
                  FROM billing_transferreversal reversal
                  JOIN billing_payoutpart part ON part.id = reversal.part_id
                  JOIN billing_payout payout ON payout.id = part.payout_id
                 WHERE reversal.status IN ('due', 'in_flight') GROUP BY payout.mentor_id) AS open
          LEFT JOIN billing_ledgeraccount account
            ON account.code = 'mentor.recoverable' AND account.owner_id = open.mentor_id
         WHERE coalesce(account.balance, 0) < open.cents""")
    title = _("Reprises qui dépassent ce que le mentor doit")
    return Check("reversals above what the mentor owes", ("mentor", "recoverable", "reversal"), rows, title)


def corrections_match_ledger(_now: datetime) -> Check:
    rows = query("""
        SELECT correction.reference, correction.status, written.key
          FROM billing_correction correction
          LEFT JOIN billing_ledgertransaction written ON written.key = 'correction:' || correction.reference
         WHERE (correction.status = 'approved') <> (written.id IS NOT NULL)
            OR correction.amount_cents <> (SELECT sum(abs(entry.amount)) / 2 FROM billing_ledgerentry entry
                                            WHERE entry.transaction_id = written.id)
         UNION ALL
        SELECT '', '', written.key FROM billing_ledgertransaction written
         WHERE written.key LIKE 'correction:%' AND NOT EXISTS (
           SELECT FROM billing_correction correction WHERE written.key = 'correction:' || correction.reference)""")
    title = _("Corrections que le grand livre dit autrement")
    return Check("corrections of which the ledger says otherwise", ("correction", "status", "key"), rows, title)
