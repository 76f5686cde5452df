"""Each check of the reconciliation finds what it is for: the triggers are switched off to do the damage."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from billing import reconciliation
from billing.models import Refund, Settlement, StripeEvent, StripeImport, StripeMovement
from billing.reconciliation import delays, documents
from billing.services import payouts
from billing.services.adjustments import adjust
from billing.services.commissions import issue_commission_invoices
from billing.services.corrections import Proposal, approve, propose
from billing.services.holds import place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.services.settlements import settle
from billing.states import CorrectionKind
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.books import read_stripe
from tests.billing.earned import activate, earn, pay_by_card
from tests.billing.money import make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled() -> Settlement:
    """One booking settled, one still held, some credit left."""
    learner, mentor = make_member(), make_mentor()
    now = clock.now()
    pay_in(learner, 20_000, at=now)
    for name in ("a", "b"):
        place_hold(learner=learner, reference=f"booking:{name}", amount_cents=6_000, now=now)
    settlement = settle(terms=make_terms("booking:a", learner, mentor, seconds=2_820), now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return settlement


@contextmanager
def triggers_off(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        # What the constraints still have to look at keeps the table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


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


def damage(table: str, statement: str) -> None:
    with triggers_off(table), connection.cursor() as cursor:
        cursor.execute(statement)


def found() -> set[str]:
    now = clock.now()
    return {check.__name__ for check in reconciliation.CHECKS if check(now).rows}


def test_good_books_pass_every_check(settled: Settlement) -> None:
    assert found() == set()


def test_empty_books_pass_every_check() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("table", "statement", "expected"),
    [
        (
            "billing_ledgeraccount",
            "UPDATE billing_ledgeraccount SET balance = balance + 5 WHERE code = 'learner.available'",
            {"drift", "credit_is_funded"},
        ),
        (
            "billing_ledgerentry",
            (
                "UPDATE billing_ledgerentry SET amount = amount + 100 FROM billing_ledgeraccount account"
                " WHERE account.id = account_id AND account.code = 'vat.collected'"
            ),
            {"sum_zero"},
        ),
        (
            "billing_ledgerentry",
            (
                "UPDATE billing_ledgerentry SET amount = 100 FROM billing_ledgeraccount account"
                " WHERE account.id = account_id AND account.code = 'stripe'"
            ),
            {"sum_zero", "client_money_covered"},
        ),
        (
            "billing_hold",
            "UPDATE billing_hold SET status = 'placed' WHERE reference = 'booking:a'",
            {"settled_with_hold_left", "holds_match_accounts"},
        ),
        (
            "billing_hold",
            "UPDATE billing_hold SET amount_cents = 5000 WHERE reference = 'booking:b'",
            {"holds_match_accounts", "holds_are_funded"},
        ),
        (
            "billing_topup",
            "UPDATE billing_topup SET allocated_cents = 1",
            {"allocations_match_payments", "credit_is_funded"},
        ),
        ("billing_topup", "UPDATE billing_topup SET amount_cents = amount_cents + 1", {"credit_is_funded"}),
        ("billing_invoice", "UPDATE billing_invoice SET subject = 'booking:z'", {"charged_without_invoice"}),
        ("billing_invoice", "UPDATE billing_invoice SET number = 2", {"gaps_in_series"}),
        ("billing_invoice", "DELETE FROM billing_invoice", {"charged_without_invoice", "gaps_in_series"}),
        (
            "billing_payout",
            "UPDATE billing_payout SET amount_cents = 1",
            {"charged_without_payout", "payouts_match_parts"},
        ),
        ("billing_payout", "UPDATE billing_payout SET status = 'paid'", {"ended_with_parts_left"}),
        (
            "billing_payoutpart",
            "UPDATE billing_payoutpart SET amount_cents = 1",
            {"payouts_match_parts", "pending_matches_payouts"},
        ),
        (
            "billing_payoutpart",
            "UPDATE billing_payoutpart SET amount_cents = 30000, transfer_id = 'tr_1'",
            {"payouts_match_parts", "pending_matches_payouts", "payments_overspent"},
        ),
        (
            "billing_payout",
            "UPDATE billing_payout SET status = 'in_flight', claimed_at = now() - interval '61 minutes'",
            {"stale_payouts"},
        ),
    ],
)
def test_damage_is_found_by_its_check(settled: Settlement, table: str, statement: str, expected: set[str]) -> None:
    damage(table, statement)
    assert found() == expected


def test_books_with_everything_in_them_pass_every_check(lively: None) -> None:
    assert found() == set()


LEDGER, LINES = "billing_ledgertransaction", "billing_stripemovement"


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


def test_a_stripe_never_read_is_found_once_money_is_a_day_old(settled: Settlement) -> None:
    assert found() == set()
    damage(LEDGER, "UPDATE billing_ledgertransaction SET created_at = now() - interval '25 hours'")
    assert found() == {"stale_imports"}


def test_without_stripe_nothing_is_to_be_read(settled: Settlement, settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = ""
    damage(LEDGER, "UPDATE billing_ledgertransaction SET created_at = now() - interval '25 hours'")
    assert found() == set()


def test_what_is_younger_than_the_margin_is_not_judged_yet(sandbox: Sandbox) -> None:
    read_stripe()
    StripeImport.objects.update(until=timezone.now())
    pay_by_card(sandbox, make_member(), "booking:a", 4_000)
    StripeMovement.objects.create(stripe_id="txn_x", kind="odd", amount_cents=5, created_at=timezone.now())
    assert found() == set()
    StripeImport.objects.update(until=timezone.now() + timedelta(minutes=61))
    assert found() == {"lines_without_transaction", "transactions_without_lines"}


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


# --- commissions, month by month ---

IN_OCTOBER = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)


def commissions(at: datetime) -> list[tuple[object, ...]]:
    return [(row[0], *row[2:]) for row in documents.commissions_match_invoices(at).rows]


def test_an_ended_month_without_its_commission_invoice_is_found_from_the_sixth_on() -> None:
    mentor = make_mentor()
    make_settlement(make_member(), mentor, at=IN_OCTOBER)
    # In Paris it is November already.
    make_settlement(make_member(), mentor, at=IN_OCTOBER + timedelta(minutes=2))
    assert commissions(datetime(2026, 11, 5, 12, 0, tzinfo=UTC)) == []
    missing = commissions(datetime(2026, 11, 6, 12, 0, tzinfo=UTC))
    assert missing == [("commission", "2026-10", 940, 0)]
    assert issue_commission_invoices(now=datetime(2026, 11, 6, 12, 0, tzinfo=UTC)) == 1
    assert commissions(datetime(2026, 11, 30, 12, 0, tzinfo=UTC)) == []
    assert commissions(datetime(2026, 12, 6, 12, 0, tzinfo=UTC)) == [("commission", "2026-11", 940, 0)]
    damage("billing_invoice", "UPDATE billing_invoice SET total_cents = 939 WHERE kind = 'commission'")
    assert commissions(datetime(2026, 11, 30, 12, 0, tzinfo=UTC)) == [("commission", "2026-10", 940, 939)]


def test_commissions_given_back_are_on_the_invoice_of_their_month_or_on_a_credit_note() -> None:
    settlement = make_settlement(make_member(), make_mentor(), at=IN_OCTOBER - timedelta(days=5))
    make_adjustment(settlement, 500, at=IN_OCTOBER - timedelta(days=1))
    make_adjustment(settlement, 1_000, at=IN_OCTOBER + timedelta(days=3))
    assert commissions(datetime(2026, 11, 6, 12, 0, tzinfo=UTC)) == [("commission", "2026-10", 840, 0)]
    issue_commission_invoices(now=datetime(2026, 11, 6, 12, 0, tzinfo=UTC))
    after = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)
    assert commissions(after) == [("commission_cn", "2026-11", 200, 0)]
    issue_commission_invoices(now=after)
    assert commissions(after) == []


@pytest.mark.requirement("SK-44")
def test_a_payout_not_sent_after_72_hours_raises_the_alarm(settled: Settlement) -> None:
    just_before = settled.settled_at + timedelta(hours=72)
    assert not delays.stale_payouts(just_before).rows
    assert delays.stale_payouts(just_before + timedelta(seconds=1)).rows


def test_an_invoice_that_nobody_renders_is_found(settled: Settlement) -> None:
    assert not delays.unrendered_invoices(settled.settled_at).rows
    assert delays.unrendered_invoices(settled.settled_at + timedelta(minutes=61)).rows


def test_the_command_is_silent_about_good_books_and_fails_on_bad_ones(settled: Settlement) -> None:
    out = StringIO()
    call_command("reconcile", "--offline", stdout=out)
    assert "WRONG" not in out.getvalue()
    damage("billing_payout", "UPDATE billing_payout SET status = 'paid'")
    with pytest.raises(SystemExit) as caught:
        call_command("reconcile", "--offline", stdout=out)
    assert caught.value.code == 1
    assert "WRONG 1 ended payouts with a part that never left" in out.getvalue()
