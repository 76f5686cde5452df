"""Each check of the reconciliation finds the damage to a settled booking it is for; the command says so."""

from io import StringIO

import pytest
from django.core.management import call_command

from billing.models import Settlement
from tests.billing.damaged import damage, found, settled

__all__ = ["settled"]

pytestmark = pytest.mark.django_db


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


def test_the_command_is_silent_about_good_books_and_fails_on_bad_ones(settled: Settlement) -> None:
    out = StringIO()
    call_command("reconcile", "--offline", stdout=out)
    assert "WRONG" not in out.getvalue()
    damage("billing_payout", "UPDATE billing_payout SET status = 'paid'")
    with pytest.raises(SystemExit) as caught:
        call_command("reconcile", "--offline", stdout=out)
    assert caught.value.code == 1
    assert "WRONG 1 ended payouts with a part that never left" in out.getvalue()
