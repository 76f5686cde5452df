"""A learner's money: what is blocked, what is free, and the card payments behind each euro of it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.reconciliation.report import Check, query


def settled_with_hold_left(_now: datetime) -> Check:
    rows = query("""
        SELECT settlement.reference, account.balance
          FROM billing_settlement settlement
          JOIN billing_ledgeraccount account
            ON account.code = 'learner.held' AND account.reference = settlement.reference AND account.balance <> 0
         UNION ALL
        SELECT settlement.reference, hold.amount_cents
          FROM billing_settlement settlement
          JOIN billing_hold hold ON hold.reference = settlement.reference AND hold.status <> 'settled'""")
    title = _("Réservations réglées dont un montant reste bloqué")
    return Check("settled bookings with an amount still blocked", ("reference", "cents"), rows, title)


def holds_match_accounts(_now: datetime) -> Check:
    rows = query("""
        SELECT account.reference, account.balance, coalesce(placed.cents, 0)
          FROM billing_ledgeraccount account
          LEFT JOIN (SELECT reference, learner_id, sum(amount_cents) AS cents FROM billing_hold
                      WHERE status = 'placed' GROUP BY reference, learner_id) AS placed
            ON placed.reference = account.reference AND placed.learner_id = account.owner_id
         WHERE account.code = 'learner.held' AND account.balance <> coalesce(placed.cents, 0)""")
    title = _("Montants bloqués qui ne sont pas la somme de leurs blocages")
    return Check(
        "blocked amounts that are not the sum of their holds", ("reference", "on the ledger", "expected"), rows, title
    )


def holds_are_funded(_now: datetime) -> Check:
    rows = query("""
        SELECT hold.reference, hold.number, hold.amount_cents, coalesce(sum(allocation.amount_cents), 0)
          FROM billing_hold hold LEFT JOIN billing_chargeallocation allocation ON allocation.hold_id = hold.id
         GROUP BY hold.id HAVING hold.amount_cents <> coalesce(sum(allocation.amount_cents), 0)""")
    title = _("Montants bloqués sans paiement par carte derrière eux")
    return Check("holds without card payments behind them", ("reference", "number", "amount", "payment"), rows, title)


def allocations_match_payments(_now: datetime) -> Check:
    rows = query("""
        SELECT top_up.reference, top_up.allocated_cents,
               coalesce(sum(allocation.amount_cents - allocation.released_cents), 0)
          FROM billing_topup top_up LEFT JOIN billing_chargeallocation allocation ON allocation.top_up_id = top_up.id
         GROUP BY top_up.id
        HAVING top_up.allocated_cents <> coalesce(sum(allocation.amount_cents - allocation.released_cents), 0)""")
    title = _("Paiements par carte dont l’usage est mal compté")
    return Check("card payments whose use is miscounted", ("payment", "counted", "expected"), rows, title)


def credit_is_funded(_now: datetime) -> Check:
    """A learner's free credit is what his payments have left: kept by bookings, refunded and lost taken away."""
    rows = query("""
        SELECT coalesce(account.owner_id, paid.user_id), coalesce(account.balance, 0), coalesce(paid.cents, 0)
          FROM (SELECT owner_id, balance FROM billing_ledgeraccount WHERE code = 'learner.available') AS account
          FULL JOIN (SELECT user_id, sum(amount_cents - allocated_cents - refunded_cents - lost_cents) AS cents
                       FROM billing_topup WHERE status = 'paid' GROUP BY user_id) AS paid
            ON paid.user_id = account.owner_id
         WHERE coalesce(account.balance, 0) <> coalesce(paid.cents, 0)""")
    title = _("Apprenants dont le crédit n’est pas ce qui reste de leurs paiements")
    return Check(
        "learners whose credit is not what their card payments have left", ("learner", "credit", "left"), rows, title
    )


def refunds_match_payments(_now: datetime) -> Check:
    rows = query("""
        SELECT top_up.reference, top_up.refunded_cents, coalesce(sum(refund.amount_cents), 0)
          FROM billing_topup top_up
          LEFT JOIN billing_refund refund ON refund.top_up_id = top_up.id AND refund.status <> 'failed'
         GROUP BY top_up.id HAVING top_up.refunded_cents <> coalesce(sum(refund.amount_cents), 0)""")
    title = _("Paiements par carte dont les remboursements sont mal comptés")
    return Check("card payments whose refunds are miscounted", ("payment", "counted", "expected"), rows, title)


def refunds_match_ledger(_now: datetime) -> Check:
    """Each refund left the credit once, and came back once if it failed."""
    rows = query("""
        SELECT refund.reference, refund.status, coalesce(sum(entry.amount), 0),
               CASE WHEN refund.status = 'failed' THEN 0 ELSE -refund.amount_cents END
          FROM billing_refund refund
          LEFT JOIN billing_ledgertransaction written
            ON written.key IN ('refund:' || refund.reference, 'refund-failed:' || refund.reference)
          LEFT JOIN (SELECT entry.transaction_id, entry.amount FROM billing_ledgerentry entry
                       JOIN billing_ledgeraccount account ON account.id = entry.account_id AND account.code = 'stripe')
            AS entry ON entry.transaction_id = written.id
         GROUP BY refund.id
        HAVING coalesce(sum(entry.amount), 0)
               <> CASE WHEN refund.status = 'failed' THEN 0 ELSE -refund.amount_cents END
            OR count(written.id) <> CASE WHEN refund.status = 'failed' THEN 2 ELSE 1 END""")
    title = _("Remboursements que le grand livre dit autrement")
    return Check(
        "refunds of which the ledger says otherwise", ("refund", "status", "on the ledger", "expected"), rows, title
    )
