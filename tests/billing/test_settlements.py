"""The end of a booking's money."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from billing.errors import CannotInvoice, ChargeAboveHold, NothingHeld
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import COMMISSION, STRIPE, VAT, held, pending, receivable
from billing.models import (
    BillingMandate,
    BillingProfile,
    ChargeAllocation,
    Hold,
    Invoice,
    LedgerTransaction,
    Payout,
    TopUp,
)
from billing.reconciliation import run_checks
from billing.services.holds import extend_hold, place_hold
from billing.services.settlements import SettlementTerms, release_hold, settle
from billing.states import HoldStatus, PayoutStatus, TopUpOrigin, VatRegime
from tests.billing.money import NOON, credit_left, entries, make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db
BOOKING = "booking:abc"
CLOSED = NOON + timedelta(minutes=1)
# What is asked when part of the amount comes back; savepoints are not counted.
MOST_QUERIES = 16


@pytest.fixture
def learner() -> User:
    return make_member()


@pytest.fixture
def mentor() -> User:
    return make_mentor()


def parts(payout: Payout) -> list[tuple[int, int]]:
    return [(part.top_up_id, part.amount_cents) for part in payout.parts.order_by("pk")]


def nothing_is_wrong() -> bool:
    return not any(check.rows for check in run_checks())


@pytest.mark.requirement("SK-8", "SK-9", "SK-41", "SK-48")
def test_47_of_75_euros_held_are_shared_as_the_table_of_postings_says(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    pay_in(learner, 1_500)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    extend_hold(learner=learner, reference=BOOKING, amount_cents=1_500)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor, seconds=2_820), now=CLOSED)
    assert entries(f"settle:{BOOKING}") == {
        "learner.held": 7_500,
        "mentor.pending": -3_760,
        "revenue.commission": -783,
        "vat.collected": -157,
        "learner.available": -2_800,
    }
    assert (settlement.charged_cents, settlement.net_cents, settlement.released_cents) == (4_700, 3_760, 2_800)
    assert (settlement.vat_cents, settlement.commission_vat_cents) == (783, 157)
    assert balance(held(learner, BOOKING)) == 0
    assert balance(pending(mentor)) == 3_760
    assert (balance(COMMISSION), balance(VAT)) == (783, 157)
    assert set(Hold.objects.values_list("status", flat=True)) == {HoldStatus.SETTLED}
    assert nothing_is_wrong()


@pytest.mark.requirement("SK-43")
def test_the_terms_of_the_booking_count_whatever_they_are_today(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    BillingProfile.objects.filter(user=mentor).update(vat_regime=VatRegime.FRANCHISE, vat_number="")
    terms = make_terms(BOOKING, learner, mentor, rate_cents=5_000, regime=VatRegime.REGISTERED)
    settlement = settle(terms=terms)
    assert (settlement.charged_cents, settlement.vat_cents) == (5_000, 833)


@pytest.mark.requirement("SK-44")
def test_the_net_is_due_48_hours_after_the_close(learner: User, mentor: User) -> None:
    top_up = pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor), now=CLOSED)
    payout = Payout.objects.get(settlement=settlement)
    assert (payout.mentor, payout.amount_cents, payout.status) == (mentor, 4_800, PayoutStatus.SCHEDULED)
    assert payout.due_at == payout.next_attempt_at == CLOSED + timedelta(hours=48)
    assert parts(payout) == [(top_up.pk, 4_800)]


def test_the_payout_names_the_card_payments_that_stay_oldest_first(learner: User, mentor: User) -> None:
    first, second = pay_in(learner, 2_000), pay_in(learner, 3_000)
    third = pay_in(learner, 2_500)
    place_hold(learner=learner, reference=BOOKING, amount_cents=5_000)
    extend_hold(learner=learner, reference=BOOKING, amount_cents=2_500)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor, seconds=2_820))
    assert parts(settlement.payout) == [(first.pk, 2_000), (second.pk, 1_760)]
    released = ChargeAllocation.objects.order_by("pk").values_list("top_up_id", "released_cents")
    assert list(released) == [(first.pk, 0), (second.pk, 300), (third.pk, 2_500)]
    left = {row.pk: row.allocated_cents for row in TopUp.objects.all()}
    assert left == {first.pk: 2_000, second.pk: 2_700, third.pk: 0}


def test_returned_credit_keeps_its_card_payment_for_the_next_booking(learner: User, mentor: User) -> None:
    top_up = pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settle(terms=make_terms(BOOKING, learner, mentor, seconds=600))
    hold = place_hold(learner=learner, reference="booking:next", amount_cents=5_000)
    assert list(hold.allocations.values_list("top_up_id", "amount_cents")) == [(top_up.pk, 5_000)]
    assert nothing_is_wrong()


def test_a_settlement_asked_again_is_the_first(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    first = settle(terms=make_terms(BOOKING, learner, mentor))
    assert settle(terms=make_terms(BOOKING, learner, mentor, seconds=60)) == first
    assert release_hold(reference=BOOKING) == first
    assert Payout.objects.count() == Invoice.objects.count() == 1


def test_one_second_charges_one_cent_with_invoice_and_payout(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor, seconds=1))
    assert (settlement.charged_cents, settlement.commission_cents) == (1, 0)
    assert settlement.payout.amount_cents == Invoice.objects.get().total_cents == 1
    assert nothing_is_wrong()


@pytest.mark.requirement("SK-77")
def test_nothing_billed_gives_everything_back_without_invoice_or_payout(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor, seconds=0))
    assert (settlement.charged_cents, settlement.released_cents) == (0, 6_000)
    assert credit_left(learner) == 6_000
    assert not Payout.objects.exists()
    assert not Invoice.objects.exists()
    assert nothing_is_wrong()


@pytest.mark.requirement("SK-77")
def test_a_release_gives_the_whole_amount_back(learner: User) -> None:
    top_up = pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = release_hold(reference=BOOKING, now=CLOSED)
    assert settlement is not None
    assert (settlement.charged_cents, settlement.held_cents, settlement.mentor) == (0, 6_000, None)
    assert entries(f"settle:{BOOKING}") == {"learner.held": 6_000, "learner.available": -6_000}
    assert credit_left(learner) == 6_000
    assert TopUp.objects.get(pk=top_up.pk).allocated_cents == 0
    assert release_hold(reference=BOOKING) == settlement


def test_releasing_what_was_never_blocked_does_nothing() -> None:
    assert release_hold(reference=BOOKING) is None


def test_settling_what_was_never_blocked_is_refused(learner: User, mentor: User) -> None:
    with pytest.raises(NothingHeld):
        settle(terms=make_terms(BOOKING, learner, mentor))


def test_a_charge_above_the_hold_is_refused_and_changes_nothing(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    with pytest.raises(ChargeAboveHold):
        settle(terms=make_terms(BOOKING, learner, mentor, seconds=3_601))
    assert balance(held(learner, BOOKING)) == 6_000
    assert not LedgerTransaction.objects.filter(kind="settle").exists()
    assert settle(terms=make_terms(BOOKING, learner, mentor)).charged_cents == 6_000


@pytest.mark.requirement("SK-22", "SK-50")
@pytest.mark.parametrize("missing", ["mandate", "profile"])
def test_nothing_is_charged_in_the_name_of_somebody_who_cannot_invoice(
    learner: User, mentor: User, missing: str
) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    (BillingMandate if missing == "mandate" else BillingProfile).objects.filter(user=mentor).delete()
    with pytest.raises(CannotInvoice):
        settle(terms=make_terms(BOOKING, learner, mentor))
    assert balance(held(learner, BOOKING)) == 6_000
    assert not Invoice.objects.exists()


# --- sessions that were not held: what the team decides ---


@pytest.mark.requirement("SK-106")
def test_a_learner_who_did_not_come_pays_the_planned_time_in_full(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor, seconds=3_600), now=CLOSED)
    assert entries(f"settle:{BOOKING}") == {
        "learner.held": 6_000,
        "mentor.pending": -4_800,
        "revenue.commission": -1_000,
        "vat.collected": -200,
    }
    assert settlement.payout.amount_cents == 4_800
    assert nothing_is_wrong()


def test_an_agreed_amount_is_shared_like_a_price(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = settle(terms=agreed(learner, mentor, 3_000), now=CLOSED)
    assert entries(f"settle:{BOOKING}") == {
        "learner.held": 6_000,
        "mentor.pending": -2_400,
        "revenue.commission": -500,
        "vat.collected": -100,
        "learner.available": -3_000,
    }
    assert (settlement.billed_seconds, settlement.charged_cents, settlement.vat_cents) == (0, 3_000, 500)
    assert settlement.commission_basis_points == 2_000
    assert Invoice.objects.get().total_cents == 3_000
    assert settle(terms=agreed(learner, mentor, 1_000)) == settlement
    assert nothing_is_wrong()


def test_an_agreed_nothing_gives_everything_back(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    assert settle(terms=agreed(learner, mentor, 0)).released_cents == 6_000
    assert not Invoice.objects.exists()
    assert nothing_is_wrong()


def test_an_agreed_amount_above_the_hold_is_refused(learner: User, mentor: User) -> None:
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    with pytest.raises(ChargeAboveHold):
        settle(terms=agreed(learner, mentor, 6_001))


def test_terms_that_make_no_sense_are_refused(learner: User, mentor: User) -> None:
    with pytest.raises(ValueError, match="Either seconds or an amount"):
        agreed(learner, mentor, -1)
    with pytest.raises(ValueError, match="Either seconds or an amount"):
        replace(make_terms(BOOKING, learner, mentor), agreed_cents=100)
    with pytest.raises(ValueError, match="needs a mentor"):
        SettlementTerms(reference=BOOKING, learner=learner, mentor=None, agreed_cents=100)


def agreed(learner: User, mentor: User, cents: int) -> SettlementTerms:
    return replace(make_terms(BOOKING, learner, mentor, seconds=0), agreed_cents=cents)


# --- what comes back first pays a debt; what the platform gave is sent from its balance ---


def test_what_comes_back_pays_what_the_learner_owes(learner: User, mentor: User) -> None:
    top_up = pay_in(learner, 6_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    post(
        key="dispute:dp_1:lost",
        kind="dispute_lost",
        legs=[debit(receivable(learner), 1_000), credit(STRIPE, 1_000)],
        occurred_at=NOON,
    )
    settle(terms=make_terms(BOOKING, learner, mentor, seconds=2_820), now=CLOSED)
    assert entries(f"repay:settle:{BOOKING}") == {"learner.available": 1_000, "learner.receivable": -1_000}
    top_up.refresh_from_db()
    assert (credit_left(learner), balance(receivable(learner)), top_up.lost_cents) == (300, 0, 1_000)
    assert nothing_is_wrong()


def test_the_part_funded_by_a_gift_of_the_platform_names_no_card_payment(learner: User, mentor: User) -> None:
    gift = pay_in(learner, 2_000)
    TopUp.objects.filter(pk=gift.pk).update(origin=TopUpOrigin.GOODWILL, charge_id="", payment_intent_id="")
    paid = pay_in(learner, 4_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    settlement = settle(terms=make_terms(BOOKING, learner, mentor))
    sources = settlement.payout.parts.order_by("pk").values_list("top_up_id", "is_from_balance", "amount_cents")
    assert list(sources) == [(gift.pk, True, 2_000), (paid.pk, False, 2_800)]


# --- the hot path ---


def test_a_settlement_asks_the_database_few_questions(learner: User, mentor: User) -> None:
    pay_in(learner, 12_000)
    for reference in ("booking:warm", BOOKING):
        place_hold(learner=learner, reference=reference, amount_cents=6_000)
    settle(terms=make_terms("booking:warm", learner, mentor))
    with CaptureQueriesContext(connection) as queries:
        settle(terms=make_terms(BOOKING, learner, mentor, seconds=2_820))
    said = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= MOST_QUERIES, "\n".join(said)
