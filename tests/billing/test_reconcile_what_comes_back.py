"""Each check of the reconciliation finds the damage it is for: refunds, disputes, corrections, Stripe's lines."""

import pytest
from django.db import connection

from billing.models import Refund, StripeEvent
from billing.services import payouts
from billing.services.adjustments import adjust
from billing.services.corrections import Proposal, approve, propose
from billing.services.refunds import request_refund, sweep_refunds
from billing.states import CorrectionKind
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.books import read_stripe
from tests.billing.damaged import LEDGER, LINES, damage, found
from tests.billing.earned import activate, earn, pay_by_card
from tests.billing.money import make_member, make_mentor

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively(sandbox: Sandbox) -> None:
    """Everything that comes back: a refund, a dispute, an adjustment with its reversal, a correction; all read."""
    mentor, learner, team = (
        make_mentor(),
        make_member(),
        [make_member("Anna", "Équipe"), make_member("Bruno", "Équipe")],
    )
    activate(sandbox, mentor)
    payout = earn(sandbox, mentor, learner=learner, cents=9_000)
    payouts.sweep_payouts(now=payout.due_at)
    adjust(reference="complaint:1", subject=payout.settlement.reference, amount_cents=1_000, reason="Son coupé")
    request_refund(user=learner, amount_cents=2_000)
    sweep_refunds()
    disputed = pay_by_card(sandbox, make_member(), "booking:disputed", 4_000)
    sandbox.open_dispute(disputed.charge_id)
    gift = Proposal(kind=CorrectionKind.GOODWILL, amount_cents=300, reason="Coupure du réseau", member=make_member())
    approve(correction=propose(by=team[0], proposal=gift), by=team[1], note="D’accord")
    read_stripe()
    StripeEvent.objects.create(event_id="evt_1", type="refund.failed", payload={}, received_at=clock.now())
    StripeEvent.objects.update(handled_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_books_with_everything_in_them_pass_every_check(lively: None) -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("table", "statement", "expected"),
    [
        # Adjustments.
        (
            "billing_invoice",
            "DELETE FROM billing_invoice WHERE kind = 'credit_note'",
            {"adjustments_are_complete", "gaps_in_series"},
        ),
        (
            "billing_invoice",
            "UPDATE billing_invoice SET total_cents = total_cents + 1 WHERE kind = 'credit_note'",
            {"adjustments_are_complete"},
        ),
        (LEDGER, "UPDATE billing_ledgertransaction SET key = 'x' WHERE kind = 'adjust'", {"adjustments_are_complete"}),
        # Reversals.
        (
            "billing_transferreversal",
            "UPDATE billing_transferreversal SET amount_cents = amount_cents + 1",
            {"recoverable_covers_reversals"},
        ),
        (
            "billing_transferreversal",
            "UPDATE billing_transferreversal SET status = 'in_flight', claimed_at = now() - interval '61 minutes'",
            {"stale_reversals"},
        ),
        (
            "billing_transferreversal",
            "UPDATE billing_transferreversal SET next_attempt_at = now() - interval '61 minutes'",
            {"stale_reversals"},
        ),
        # Refunds.
        (
            "billing_refund",
            "UPDATE billing_refund SET status = 'in_flight', claimed_at = now() - interval '61 minutes'",
            {"stale_refunds"},
        ),
        (
            "billing_refund",
            "UPDATE billing_refund SET status = 'due', next_attempt_at = now() - interval '61 minutes'",
            {"stale_refunds"},
        ),
        (
            "billing_refund",
            "UPDATE billing_refund SET amount_cents = amount_cents + 1",
            {"refunds_match_payments", "refunds_match_ledger"},
        ),
        (
            "billing_refund",
            "UPDATE billing_refund SET status = 'failed'",
            {"refunds_match_payments", "refunds_match_ledger"},
        ),
        (
            LEDGER,
            "UPDATE billing_ledgertransaction SET key = 'x' WHERE kind = 'refund'",
            {"refunds_match_ledger", "transactions_without_lines"},
        ),
        # Disputes.
        (
            "billing_dispute",
            "UPDATE billing_dispute SET amount_cents = amount_cents + 1",
            {"disputes_match_account", "disputes_match_balance"},
        ),
        (
            "billing_dispute",
            "UPDATE billing_dispute SET status = 'won'",
            {"disputes_match_account", "disputes_match_balance"},
        ),
        ("billing_dispute", "DELETE FROM billing_dispute", {"disputes_match_account"}),
        ("billing_dispute", "UPDATE billing_dispute SET fee_cents = 0", {"disputes_match_balance"}),
        (
            LEDGER,
            "UPDATE billing_ledgertransaction SET key = 'x' WHERE kind = 'dispute_opened'",
            {"disputes_match_account", "disputes_match_balance", "transactions_without_lines"},
        ),
        # Corrections.
        ("billing_correction", "UPDATE billing_correction SET status = 'refused'", {"corrections_match_ledger"}),
        ("billing_correction", "DELETE FROM billing_correction", {"corrections_match_ledger"}),
        ("billing_correction", "UPDATE billing_correction SET amount_cents = 1", {"corrections_match_ledger"}),
        (
            LEDGER,
            "UPDATE billing_ledgertransaction SET key = 'x' WHERE kind = 'correction'",
            {"corrections_match_ledger"},
        ),
        # Stripe's lines.
        (
            LINES,
            "UPDATE billing_stripemovement SET ledger_key = '' WHERE kind = 'transfer'",
            {"lines_without_transaction", "transactions_without_lines"},
        ),
        (
            LINES,
            "UPDATE billing_stripemovement SET fee_key = '' WHERE kind = 'charge'",
            {"lines_without_transaction", "transactions_without_lines"},
        ),
        (
            LINES,
            "UPDATE billing_stripemovement SET amount_cents = amount_cents + 1 WHERE kind = 'transfer'",
            {"transactions_without_lines"},
        ),
        (
            LINES,
            "UPDATE billing_stripemovement SET fee_cents = fee_cents + 1 WHERE kind = 'charge'",
            {"transactions_without_lines"},
        ),
        (LINES, "DELETE FROM billing_stripemovement WHERE kind = 'charge'", {"transactions_without_lines"}),
        (
            LINES,
            (
                "INSERT INTO billing_stripemovement (stripe_id, kind, amount_cents, fee_cents, source, created_at,"
                " ledger_key, fee_key) SELECT 'txn_x', kind, amount_cents, fee_cents, source, created_at, ledger_key,"
                " fee_key FROM billing_stripemovement WHERE kind = 'refund'"
            ),
            {"transactions_without_lines"},
        ),
        (
            LINES,
            "UPDATE billing_stripemovement SET ledger_key = 'payout:0:0' WHERE kind = 'transfer'",
            {"transactions_without_lines"},
        ),
        (
            "billing_stripeimport",
            "UPDATE billing_stripeimport SET until = now() - interval '25 hours'",
            {"stale_imports"},
        ),
        # Events.
        (
            "billing_stripeevent",
            "UPDATE billing_stripeevent SET handled_at = NULL, next_attempt_at = NULL",
            {"events_given_up"},
        ),
        (
            "billing_stripeevent",
            "UPDATE billing_stripeevent SET handled_at = NULL, next_attempt_at = now() - interval '61 minutes'",
            {"events_waiting"},
        ),
        # A gift has no card behind it, and is counted all the same.
        (
            "billing_topup",
            "UPDATE billing_topup SET lost_cents = 1 WHERE origin = 'goodwill'",
            {"credit_is_funded"},
        ),
        (
            "billing_topup",
            "UPDATE billing_topup SET refunded_cents = 1 WHERE origin = 'goodwill'",
            {"credit_is_funded", "refunds_match_payments"},
        ),
    ],
)
def test_damage_to_what_comes_back_is_found(lively: None, table: str, statement: str, expected: set[str]) -> None:
    damage(table, statement)
    assert found() == expected


def test_a_refund_still_to_be_sent_or_refused_at_once_needs_no_line(sandbox: Sandbox) -> None:
    learner = make_member()
    top_up = pay_by_card(sandbox, learner, "booking:a", 4_000)
    request_refund(user=learner, amount_cents=1_000)
    read_stripe()
    assert found() == set()
    type(top_up).objects.filter(pk=top_up.pk).update(charge_id="ch_gone")
    sweep_refunds()
    assert Refund.objects.get().status == "failed"
    type(top_up).objects.filter(pk=top_up.pk).update(charge_id=top_up.charge_id)
    read_stripe()
    assert found() == set()
