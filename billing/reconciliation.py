"""What must be true of the money at any time. Each check returns the rows that break it: none, on a good day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from core import clock, values

Row = tuple[object, ...]
STALE = timedelta(hours=1)


@dataclass(frozen=True)
class Check:
    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def _query(statement: str, *parameters: datetime) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [tuple(row) for row in cursor.fetchall()]


def drift(_now: datetime) -> Check:
    """Kept balances against the sum of their entries."""
    rows = _query("SELECT code, owner_id, reference, balance, summed FROM ledger_drift")
    return Check("balances that are not the sum of their entries", ("code", "owner", "reference", "kept", "sum"), rows)


def sum_zero(_now: datetime) -> Check:
    rows = _query("""
        SELECT account.currency, sum(entry.amount)
          FROM billing_ledgerentry entry JOIN billing_ledgeraccount account ON account.id = entry.account_id
         GROUP BY account.currency HAVING sum(entry.amount) <> 0""")
    return Check("currencies that do not sum to zero", ("currency", "sum"), rows)


def client_money_covered(_now: datetime) -> Check:
    """What members can ask for is at most what Stripe holds or somebody owes."""
    rows = _query("""
        SELECT owed, covered FROM (
          SELECT coalesce(-sum(entry.amount) FILTER (
                   WHERE account.code IN ('learner.available', 'learner.held', 'mentor.pending')), 0) AS owed,
                 coalesce(sum(entry.amount) FILTER (
                   WHERE account.code IN ('stripe', 'dispute', 'mentor.recoverable', 'learner.receivable')), 0)
                   AS covered
            FROM billing_ledgerentry entry JOIN billing_ledgeraccount account ON account.id = entry.account_id
           WHERE account.currency = 'EUR') AS sums
         WHERE owed > covered""")
    return Check("members’ money that is not covered", ("owed", "covered"), rows)


def settled_with_hold_left(_now: datetime) -> Check:
    rows = _query("""
        SELECT settlement.reference, account.balance
          FROM billing_settlement settlement
          JOIN billing_ledgeraccount account
            ON account.code = 'learner.held' AND account.reference = settlement.reference AND account.balance <> 0
         UNION ALL
        SELECT settlement.reference, hold.amount_cents
          FROM billing_settlement settlement
          JOIN billing_hold hold ON hold.reference = settlement.reference AND hold.status <> 'settled'""")
    return Check("settled bookings with an amount still blocked", ("reference", "cents"), rows)


def holds_match_accounts(_now: datetime) -> Check:
    rows = _query("""
        SELECT account.reference, account.balance, coalesce(placed.cents, 0)
          FROM billing_ledgeraccount account
          LEFT JOIN (SELECT reference, learner_id, sum(amount_cents) AS cents FROM billing_hold
                      WHERE status = 'placed' GROUP BY reference, learner_id) AS placed
            ON placed.reference = account.reference AND placed.learner_id = account.owner_id
         WHERE account.code = 'learner.held' AND account.balance <> coalesce(placed.cents, 0)""")
    return Check("blocked amounts that are not the sum of their holds", ("reference", "account", "holds"), rows)


def holds_are_funded(_now: datetime) -> Check:
    rows = _query("""
        SELECT hold.reference, hold.number, hold.amount_cents, coalesce(sum(allocation.amount_cents), 0)
          FROM billing_hold hold LEFT JOIN billing_chargeallocation allocation ON allocation.hold_id = hold.id
         GROUP BY hold.id HAVING hold.amount_cents <> coalesce(sum(allocation.amount_cents), 0)""")
    return Check("holds without card payments behind them", ("reference", "number", "held", "funded"), rows)


def allocations_match_payments(_now: datetime) -> Check:
    rows = _query("""
        SELECT top_up.reference, top_up.allocated_cents,
               coalesce(sum(allocation.amount_cents - allocation.released_cents), 0)
          FROM billing_topup top_up LEFT JOIN billing_chargeallocation allocation ON allocation.top_up_id = top_up.id
         GROUP BY top_up.id
        HAVING top_up.allocated_cents <> coalesce(sum(allocation.amount_cents - allocation.released_cents), 0)""")
    return Check("card payments whose use is miscounted", ("payment", "counted", "allocated"), rows)


def credit_is_funded(_now: datetime) -> Check:
    """A learner's free credit is what his card payments have left: each cent can be refunded to a card."""
    rows = _query("""
        SELECT coalesce(account.owner_id, paid.user_id), coalesce(account.balance, 0), coalesce(paid.cents, 0)
          FROM (SELECT owner_id, balance FROM billing_ledgeraccount WHERE code = 'learner.available') AS account
          FULL JOIN (SELECT user_id, sum(amount_cents - allocated_cents - refunded_cents - lost_cents) AS cents
                       FROM billing_topup WHERE status = 'paid' GROUP BY user_id) AS paid ON paid.user_id = account.owner_id
         WHERE coalesce(account.balance, 0) <> coalesce(paid.cents, 0)""")
    return Check("learners whose credit is not what their card payments have left", ("learner", "credit", "left"), rows)


def payments_overspent(_now: datetime) -> Check:
    """Stripe refuses transfers above the charge they name."""
    rows = _query("""
        SELECT top_up.reference, top_up.allocated_cents, sum(part.amount_cents)
          FROM billing_payoutpart part JOIN billing_topup top_up ON top_up.id = part.top_up_id
         GROUP BY top_up.id HAVING sum(part.amount_cents) > top_up.allocated_cents""")
    return Check("card payments that fund more than they keep", ("payment", "kept", "paid out"), rows)


def charged_without_invoice(_now: datetime) -> Check:
    rows = _query("""
        SELECT settlement.reference, settlement.charged_cents FROM billing_settlement settlement
         WHERE settlement.charged_cents > 0 AND NOT EXISTS (
           SELECT FROM billing_invoice invoice
            WHERE invoice.subject = settlement.reference AND invoice.kind = 'invoice'
              AND invoice.total_cents = settlement.charged_cents)""")
    return Check("charged bookings without their invoice", ("reference", "charged"), rows)


def charged_without_payout(_now: datetime) -> Check:
    rows = _query("""
        SELECT settlement.reference, settlement.charged_cents - settlement.commission_cents
          FROM billing_settlement settlement
          LEFT JOIN billing_payout payout ON payout.settlement_id = settlement.id
         WHERE settlement.charged_cents > settlement.commission_cents
           AND payout.amount_cents IS DISTINCT FROM settlement.charged_cents - settlement.commission_cents""")
    return Check("charged bookings without their payout", ("reference", "net"), rows)


def payouts_match_parts(_now: datetime) -> Check:
    rows = _query("""
        SELECT payout.reference, payout.amount_cents, coalesce(sum(part.amount_cents), 0)
          FROM billing_payout payout LEFT JOIN billing_payoutpart part ON part.payout_id = payout.id
         GROUP BY payout.id HAVING payout.amount_cents <> coalesce(sum(part.amount_cents), 0)""")
    return Check("payouts that are not the sum of their parts", ("payout", "amount", "parts"), rows)


def pending_matches_payouts(_now: datetime) -> Check:
    rows = _query("""
        SELECT coalesce(account.owner_id, open.mentor_id), coalesce(account.balance, 0), coalesce(open.cents, 0)
          FROM (SELECT owner_id, balance FROM billing_ledgeraccount WHERE code = 'mentor.pending') AS account
          FULL JOIN (SELECT mentor_id, sum(amount_cents) AS cents FROM billing_payout
                      WHERE status <> 'paid' GROUP BY mentor_id) AS open ON open.mentor_id = account.owner_id
         WHERE coalesce(account.balance, 0) <> coalesce(open.cents, 0)""")
    return Check("mentors whose pending money is not their open payouts", ("mentor", "pending", "payouts"), rows)


def gaps_in_series(_now: datetime) -> Check:
    rows = _query("""
        SELECT coalesce(counter.series, issued.series), coalesce(counter.last_number, 0), coalesce(issued.numbers, 0)
          FROM billing_invoicecounter counter
          FULL JOIN (SELECT series, count(*) AS numbers, max(number) AS last FROM billing_invoice GROUP BY series)
            AS issued ON issued.series = counter.series
         WHERE coalesce(counter.last_number, 0) <> coalesce(issued.numbers, 0)
            OR coalesce(counter.last_number, 0) <> coalesce(issued.last, 0)""")
    return Check("invoice series with gaps", ("series", "last number", "invoices"), rows)


def stale_payouts(now: datetime) -> Check:
    """In flight over an hour, or not sent 72 hours after the close."""
    rows = _query(
        """
        SELECT payout.reference, payout.status, payout.due_at
          FROM billing_payout payout JOIN billing_settlement settlement ON settlement.id = payout.settlement_id
         WHERE payout.status = 'in_flight' AND payout.claimed_at < %s
            OR payout.status NOT IN ('paid', 'suspended') AND settlement.settled_at < %s""",
        now - STALE,
        now - values.hours("payout_alarm_hours"),
    )
    return Check("payouts that should have left", ("payout", "status", "due"), rows)


def unrendered_invoices(now: datetime) -> Check:
    rows = _query(
        "SELECT full_number, attempts, last_error FROM billing_invoice WHERE rendered_at IS NULL AND issued_at < %s",
        now - STALE,
    )
    return Check("invoices without a file for an hour", ("number", "attempts", "error"), rows)


CHECKS: tuple[Callable[[datetime], Check], ...] = (
    drift,
    sum_zero,
    client_money_covered,
    settled_with_hold_left,
    holds_match_accounts,
    holds_are_funded,
    allocations_match_payments,
    credit_is_funded,
    payments_overspent,
    charged_without_invoice,
    charged_without_payout,
    payouts_match_parts,
    pending_matches_payouts,
    gaps_in_series,
    stale_payouts,
    unrendered_invoices,
)


def run_checks(now: datetime | None = None) -> list[Check]:
    moment = now or clock.now()
    return [check(moment) for check in CHECKS]
