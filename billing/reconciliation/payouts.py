"""The mentors' money: what is pending, what is sent, what funds it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.reconciliation.report import Check, query


def payments_overspent(_now: datetime) -> Check:
    """Stripe refuses transfers above the charge they name: more than that was never sent, whatever our rows say."""
    rows = query("""
        SELECT top_up.reference, top_up.amount_cents, sum(part.amount_cents - coalesce(taken_back.cents, 0))
          FROM billing_payoutpart part
          JOIN billing_topup top_up ON top_up.id = part.top_up_id AND top_up.origin <> 'goodwill'
          LEFT JOIN (SELECT part_id, sum(amount_cents) AS cents FROM billing_transferreversal
                      WHERE status = 'done' GROUP BY part_id) AS taken_back ON taken_back.part_id = part.id
         WHERE part.transfer_id <> '' AND NOT part.is_from_balance
         GROUP BY top_up.id
        HAVING sum(part.amount_cents - coalesce(taken_back.cents, 0)) > top_up.amount_cents""")
    title = _("Paiements par carte qui financent plus que leur montant")
    return Check("card payments that fund more than their amount", ("payment", "amount", "payout"), rows, title)


def charged_without_payout(_now: datetime) -> Check:
    rows = query("""
        SELECT settlement.reference, settlement.charged_cents - settlement.commission_cents
          FROM billing_settlement settlement
          LEFT JOIN billing_payout payout ON payout.settlement_id = settlement.id
         WHERE settlement.charged_cents > settlement.commission_cents
           AND payout.amount_cents IS DISTINCT FROM settlement.charged_cents - settlement.commission_cents""")
    title = _("Réservations facturées sans leur virement")
    return Check("charged bookings without their payout", ("reference", "expected"), rows, title)


def payouts_match_parts(_now: datetime) -> Check:
    """The net, less what adjustments and debts took before it left, is the sum of the parts."""
    rows = query("""
        SELECT payout.reference, payout.amount_cents - payout.adjusted_cents - payout.set_off_cents,
               coalesce(sum(part.amount_cents), 0)
          FROM billing_payout payout LEFT JOIN billing_payoutpart part ON part.payout_id = payout.id
         GROUP BY payout.id
        HAVING payout.amount_cents - payout.adjusted_cents - payout.set_off_cents
               <> coalesce(sum(part.amount_cents), 0)""")
    title = _("Virements qui ne sont pas la somme de leurs parts")
    return Check("payouts that are not the sum of their parts", ("payout", "amount", "sum"), rows, title)


def ended_with_parts_left(_now: datetime) -> Check:
    rows = query("""
        SELECT payout.reference, payout.status, part.amount_cents
          FROM billing_payoutpart part JOIN billing_payout payout ON payout.id = part.payout_id
         WHERE payout.status IN ('paid', 'canceled') AND part.transfer_id = '' AND part.amount_cents > 0
         ORDER BY part.id""")
    title = _("Virements terminés dont une part n’est pas partie")
    return Check("ended payouts with a part that never left", ("payout", "status", "left"), rows, title)


def pending_matches_payouts(_now: datetime) -> Check:
    """A mentor's pending money is what his payouts have not sent yet, part by part."""
    rows = query("""
        SELECT coalesce(account.owner_id, open.mentor_id), coalesce(account.balance, 0), coalesce(open.cents, 0)
          FROM (SELECT owner_id, balance FROM billing_ledgeraccount WHERE code = 'mentor.pending') AS account
          FULL JOIN (SELECT payout.mentor_id, sum(part.amount_cents) AS cents
                       FROM billing_payoutpart part JOIN billing_payout payout ON payout.id = part.payout_id
                      WHERE part.transfer_id = '' AND payout.status <> 'canceled' GROUP BY payout.mentor_id) AS open
            ON open.mentor_id = account.owner_id
         WHERE coalesce(account.balance, 0) <> coalesce(open.cents, 0)""")
    title = _("Mentors dont l’argent en attente n’est pas celui de leurs virements")
    return Check(
        "mentors whose pending money is not their open payouts", ("mentor", "on the ledger", "expected"), rows, title
    )
