"""What the reconciliation judges only after a time: reading Stripe, commission invoices, payouts, files."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from billing.models import Settlement, StripeImport, StripeMovement
from billing.reconciliation import delays, documents
from billing.services.commissions import issue_commission_invoices
from stripe_sandbox import Sandbox
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.books import read_stripe
from tests.billing.damaged import LEDGER, damage, found, settled
from tests.billing.earned import pay_by_card
from tests.billing.money import make_member, make_mentor

__all__ = ["settled"]

pytestmark = pytest.mark.django_db


# --- hours ---


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


@pytest.mark.requirement("SK-44")
def test_a_payout_not_sent_after_72_hours_raises_the_alarm(settled: Settlement) -> None:
    just_before = settled.settled_at + timedelta(hours=72)
    assert not delays.stale_payouts(just_before).rows
    assert delays.stale_payouts(just_before + timedelta(seconds=1)).rows


def test_an_invoice_that_nobody_renders_is_found(settled: Settlement) -> None:
    assert not delays.unrendered_invoices(settled.settled_at).rows
    assert delays.unrendered_invoices(settled.settled_at + timedelta(minutes=61)).rows


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
