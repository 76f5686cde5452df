"""Stripe's lines: copied once each, matched to the ledger, and the news nobody brought found in them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from celery.schedules import crontab
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from billing import tasks
from billing.gateway import Movement, UnknownOutcome, get_gateway
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import BANK, DISPUTE_FEES, PSP_FEES, STRIPE
from billing.models import LedgerTransaction, Refund, StripeImport, StripeMovement
from billing.reconciliation import run_checks, stripe_lines
from billing.services import books, matching, movements, payouts
from billing.services.corrections import Proposal, approve, propose
from billing.services.movements import OVERLAP, read_movements
from billing.services.refunds import request_refund, sweep_refunds
from billing.states import CorrectionKind, RefundStatus
from config.celery import app
from core import clock
from notifications.models import Email, Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong, read_stripe
from tests.billing.earned import activate, earn, pay_by_card
from tests.billing.money import make_member, make_mentor
from tests.stripe import AT_ONCE

pytestmark = pytest.mark.django_db

LINES = "GET /v1/balance_transactions"


def keys() -> list[tuple[str, str, str]]:
    """(kind, name of the ledger transaction, name of the one with its fee) of each line."""
    rows = StripeMovement.objects.order_by("kind")
    return [(row.kind, row.ledger_key.partition(":")[0], row.fee_key.partition(":")[0]) for row in rows]


def unmatched() -> list[str]:
    return list(StripeMovement.objects.filter(ledger_key="").values_list("kind", flat=True))


# --- copying and matching ---


def test_each_line_is_copied_once_and_finds_its_ledger_transaction(sandbox: Sandbox) -> None:
    learner, mentor = make_member(), make_mentor()
    activate(sandbox, mentor)
    payout = earn(sandbox, mentor, learner=learner, cents=7_000)
    payouts.sweep_payouts(now=payout.due_at)
    request_refund(user=learner, amount_cents=1_000)
    sweep_refunds()
    assert read_movements().movements == 3
    assert keys() == [("charge", "topup", "fee"), ("refund", "refund", ""), ("transfer", "payout", "")]
    assert read_movements().movements == 0
    assert StripeMovement.objects.count() == 3
    assert sum(row.amount_cents - row.fee_cents for row in StripeMovement.objects.all()) == balance(STRIPE)
    assert books_wrong() == []


def test_an_empty_stripe_is_read_all_the_same(sandbox: Sandbox) -> None:
    assert read_movements().movements == 0
    assert books_wrong() == []


def test_a_late_fee_is_written_when_stripe_tells_it(sandbox: Sandbox) -> None:
    sandbox.hold_fees()
    pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    assert not LedgerTransaction.objects.filter(kind="psp_fee").exists()
    sandbox.release_fees()
    for _time in range(2):
        read_movements()
    assert (balance(PSP_FEES), balance(STRIPE)) == (100, 4_900)
    assert LedgerTransaction.objects.filter(kind="psp_fee").count() == 1
    assert books_wrong() == []


def test_what_goes_to_our_bank_and_what_stripe_bills_are_written(sandbox: Sandbox) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 50_000, card=AT_ONCE)
    sandbox.pay_out_to_bank(300)
    sandbox.take_stripe_fee(250)
    for _time in range(2):
        read_movements()
    assert (balance(BANK), balance(PSP_FEES)) == (300, 775 + 250)
    assert unmatched() == []
    assert balance(STRIPE) == 50_000 - 775 - 300 - 250


def test_taking_out_members_money_is_found(sandbox: Sandbox) -> None:
    """Nothing is charged yet: whatever goes to the bank belongs to learners."""
    pay_by_card(sandbox, make_member(), "booking:a", 50_000, card=AT_ONCE)
    assert books_wrong() == []
    sandbox.pay_out_to_bank(300)
    assert [check.name for check in books_wrong()] == ["members’ money that is not covered"]


def test_a_refund_that_failed_without_a_word_is_credit_again(sandbox: Sandbox) -> None:
    learner = make_member()
    pay_by_card(sandbox, learner, "booking:a", 5_000)
    (refund,) = request_refund(user=learner, amount_cents=2_000)
    sweep_refunds()
    read_movements()
    refund.refresh_from_db()
    sandbox.fail_refund(refund.refund_id)
    read_movements()
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert keys()[1:] == [("refund", "refund", ""), ("refund_failure", "refund-failed", "")]
    assert books_wrong() == []


def test_a_refund_whose_answer_was_lost_is_recognized_by_its_line(sandbox: Sandbox) -> None:
    learner = make_member()
    pay_by_card(sandbox, learner, "booking:a", 5_000)
    request_refund(user=learner, amount_cents=2_000)
    sandbox.faults.add(Fault("POST /v1/refunds", FaultKind.LOST_ANSWER, times=3))
    sweep_refunds()
    assert Refund.objects.get().status == RefundStatus.IN_FLIGHT
    read_movements()
    assert Refund.objects.get().status == RefundStatus.SENT
    assert [row["amount"] for row in sandbox.store.all("refund")] == [2_000]
    assert books_wrong() == []


def test_a_payment_not_known_yet_is_matched_later(sandbox: Sandbox) -> None:
    learner = make_member()
    top_up = pay_by_card(sandbox, learner, "booking:a", 5_000)
    known = top_up.charge_id
    type(top_up).objects.filter(pk=top_up.pk).update(charge_id="")
    read_movements()
    assert unmatched() == ["charge"]
    type(top_up).objects.filter(pk=top_up.pk).update(charge_id=known)
    read_movements()
    assert unmatched() == []


def test_the_fee_of_a_dispute_told_after_it_was_opened_is_a_fee_of_its_own(sandbox: Sandbox) -> None:
    """Stripe opens a dispute first and withdraws a moment later."""
    top_up = pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    row = sandbox.store.get("dispute", dispute_id)
    withdrawn = row["balance_transactions"]
    sandbox.store.save(row | {"balance_transactions": []})
    read_movements()
    assert keys()[0] == ("adjustment", "dispute", "fee")
    sandbox.store.save(row | {"balance_transactions": withdrawn})
    assert balance(DISPUTE_FEES) == 2_000
    assert books_wrong() == []


def test_lines_of_unknown_origin_are_shown_until_a_correction_explains_them(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    earn(sandbox, make_mentor())
    line = Movement("txn_odd", "reserve_transaction", -700, 0, "", timezone.now())
    real = type(get_gateway()).balance_movements
    monkeypatch.setattr(
        type(get_gateway()), "balance_movements", lambda self, *, since: [line, *real(self, since=since)]
    )
    (check,) = books_wrong()
    assert check.name == "Stripe lines without a ledger transaction"
    assert [row[0] for row in check.rows] == ["txn_odd"]
    proposer, approver = (make_member(name, "Équipe") for name in ("Anna", "Bruno"))
    for person in (proposer, approver):
        person.is_staff = person.is_superuser = True
        person.save()
    proposal = Proposal(
        kind=CorrectionKind.PLATFORM,
        amount_cents=700,
        reason="Réserve retenue par Stripe",
        debit_code="expense.psp_fees",
        credit_code="stripe",
    )
    correction = propose(by=proposer, proposal=proposal)
    approve(correction=correction, by=approver, note="Vu chez Stripe")
    # The line is older than the correction by more than the hour after which the team is shown it.
    StripeMovement.objects.filter(stripe_id="txn_odd").update(created_at=timezone.now() - timedelta(hours=2))
    assert books_wrong() == []
    assert StripeMovement.objects.get(stripe_id="txn_odd").ledger_key == f"correction:{correction.reference}"


def test_a_correction_explains_one_line_only_and_none_that_is_younger(sandbox: Sandbox) -> None:
    legs = [debit(PSP_FEES, 700), credit(STRIPE, 700)]
    post(key="correction:a", kind="correction", legs=legs, occurred_at=clock.now())
    young, old, older = (
        StripeMovement.objects.create(
            stripe_id=f"txn_{hours}",
            kind="reserve_transaction",
            amount_cents=-700,
            created_at=timezone.now() - timedelta(hours=hours),
        )
        for hours in (0, 2, 3)
    )
    assert matching.match_open(now=clock.now()) == 1
    for line in (young, old, older):
        line.refresh_from_db()
    assert [line.ledger_key for line in (older, old, young)] == ["correction:a", "", ""]


# --- many lines, and readings that break ---


def many(count: int, start: datetime) -> list[Movement]:
    """Newest first, as Stripe gives them."""
    return [
        Movement(f"txn_{number}", "network_cost", -1, 0, "", start + timedelta(seconds=number))
        for number in reversed(range(count))
    ]


def test_more_lines_than_a_page_of_stripe_are_all_read(sandbox: Sandbox) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 50_000, card=AT_ONCE)
    for number in range(230):
        sandbox.take_stripe_fee(1 + number % 3)
    assert read_movements().movements == 231
    pages = [target for target, _key, _status in sandbox.log if target == LINES]
    assert len(pages) == 3
    assert unmatched() == []
    assert books_wrong() == []


def test_a_reading_that_breaks_in_the_middle_is_done_again(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    start = timezone.now() - timedelta(minutes=30)
    asked: list[datetime] = []

    def lines(_self: object, *, since: datetime) -> Sequence[Movement]:
        asked.append(since)
        return many(1_200, start)

    monkeypatch.setattr(type(get_gateway()), "balance_movements", lines)
    keep, calls = movements._keep, iter(range(10))

    def keep_once(rows: list[Movement]) -> int:
        if next(calls) == 1:
            raise MemoryError
        return keep(rows)

    monkeypatch.setattr(movements, "_keep", keep_once)
    now = clock.now()
    with pytest.raises(MemoryError):
        read_movements(now=now)
    assert StripeMovement.objects.count() == 500
    assert not StripeImport.objects.exists()
    assert read_movements(now=now).movements == 700
    assert asked[0] == asked[1]
    assert StripeMovement.objects.count() == 1_200
    assert LedgerTransaction.objects.filter(kind="psp_fee").count() == 1_200
    assert unmatched() == []


def test_a_stripe_that_does_not_answer_leaves_no_reading(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(LINES, FaultKind.BROKEN, times=3))
    with pytest.raises(UnknownOutcome):
        read_movements()
    assert not StripeImport.objects.exists()
    assert not books.read_stripe() or StripeImport.objects.exists()


@pytest.mark.parametrize("fault", [FaultKind.NOT_REACHED, FaultKind.BROKEN, FaultKind.TOO_MANY])
def test_a_reading_goes_over_the_end_of_the_last_one(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: FaultKind
) -> None:
    asked: list[datetime] = []
    real = type(get_gateway()).balance_movements

    def lines(self: Any, *, since: datetime) -> list[Movement]:
        asked.append(since)
        return real(self, since=since)

    monkeypatch.setattr(type(get_gateway()), "balance_movements", lines)
    first = read_movements()
    sandbox.faults.add(Fault(LINES, fault, times=3))
    assert not books.read_stripe()
    sandbox.faults.clear()
    read_movements()
    assert asked[1:] == [first.until - OVERLAP, first.until - OVERLAP]


def test_a_line_that_becomes_visible_late_is_still_read(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    read_movements(now=now)
    late = Movement("txn_late", "stripe_fee", -30, 0, "", now - timedelta(hours=3))
    monkeypatch.setattr(
        type(get_gateway()), "balance_movements", lambda _self, *, since: [late] if late.created_at >= since else []
    )
    assert read_movements(now=now + timedelta(minutes=10)).movements == 1
    assert balance(PSP_FEES) == 30


def test_stripe_keeps_real_time_whatever_our_clock_says(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    monkeypatch.setattr(clock.get_clock(), "here", timedelta(days=3), raising=False)
    reading = read_movements()
    assert abs(reading.until - datetime.now(UTC)) < timedelta(minutes=1)
    assert reading.movements == 1
    assert abs(reading.finished_at - reading.until - timedelta(days=3)) < timedelta(minutes=1)


# --- the timetable, the command, the notice ---


def test_the_books_are_checked_at_half_past_three_in_paris() -> None:
    schedule = app.conf.beat_schedule["billing.reconcile"]["schedule"]
    assert isinstance(schedule, crontab)
    assert (schedule.hour, schedule.minute) == ({3}, {30})
    assert str(app.timezone) == "Europe/Paris"
    assert app.conf.beat_schedule["billing.read_stripe_balance"]["schedule"] == crontab(minute="*/10")


@pytest.fixture
def team() -> dict[str, User]:
    """Who may see the ledger, and who may not."""
    people = {name: make_member(name, "Équipe") for name in ("Anna", "Bruno", "Chloé", "David")}
    for name in ("Anna", "Bruno", "Chloé"):
        people[name].is_staff = True
    people["Anna"].is_superuser = True
    for person in people.values():
        person.save()
    seen = Permission.objects.get(codename="view_ledgertransaction")
    for name in ("Bruno", "David"):
        people[name].user_permissions.add(seen)
    return people


@pytest.mark.requirement("K-7")
def test_whoever_sees_the_ledger_is_told_when_the_books_are_wrong(
    sandbox: Sandbox, team: dict[str, User], caplog: pytest.LogCaptureFixture
) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    tasks.reconcile()
    assert not Notice.objects.filter(kind="billing.books_wrong").exists()
    StripeImport.objects.update(until=timezone.now() - timedelta(hours=30))
    sandbox.faults.add(Fault(LINES, FaultKind.BROKEN, times=3))
    tasks.reconcile()
    told = Notice.objects.filter(kind="billing.books_wrong").values_list("recipient__first_name", flat=True)
    assert sorted(told) == ["Anna", "Bruno"]
    email = Email.objects.get(kind="billing.books_wrong", recipient=team["Anna"])
    for body in (email.body_text, email.body_html):
        assert "Lecture de Stripe trop ancienne" in body
        assert "/rapprochement/" in body
    assert "the books are wrong: 1 readings of Stripe that are too old" in caplog.text


def test_the_sweep_reads_the_balance(sandbox: Sandbox) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    tasks.read_stripe_balance()
    assert StripeMovement.objects.count() == 1


def test_the_command_reads_stripe_first_unless_it_is_told_not_to(sandbox: Sandbox) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    out = StringIO()
    call_command("reconcile", "--offline", stdout=out)
    assert not StripeMovement.objects.exists()
    call_command("reconcile", stdout=out)
    assert StripeMovement.objects.count() == 1
    assert "0 wrong" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("reconcile", "--repair", stdout=out)


def test_the_command_goes_on_with_what_it_knows_when_stripe_is_silent(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(LINES, FaultKind.NOT_REACHED, times=3))
    out, errors = StringIO(), StringIO()
    call_command("reconcile", stdout=out, stderr=errors)
    assert "Stripe does not answer" in errors.getvalue()
    assert "0 wrong" in out.getvalue()


def test_the_command_prints_a_table_of_the_rows(sandbox: Sandbox) -> None:
    pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    read_stripe()
    StripeMovement.objects.update(ledger_key="", kind="unknown_kind")
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("reconcile", "--offline", stdout=out)
    assert caught.value.code == 1
    lines = out.getvalue().splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("WRONG 1 Stripe lines"))
    assert lines[start + 1].split("  ")[3].strip() == "at Stripe"
    assert "unknown_kind" in lines[start + 2]
    assert len(run_checks()) == len({check.name for check in run_checks()})
    assert all(check.title and check.headings for check in run_checks())
    assert stripe_lines.lines_without_transaction(clock.now()).headings[0] == "chez Stripe"
