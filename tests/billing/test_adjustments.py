"""A settled booking made cheaper: where the mentor's share comes from, wherever his money is at that moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from billing.errors import AdjustmentTooLarge, NothingSettled
from billing.gateway import get_gateway
from billing.ledger import balance
from billing.ledger.accounts import COMMISSION, STRIPE, VAT, pending, receivable, recoverable
from billing.models import Adjustment, Invoice, LedgerTransaction, Payout, TopUp, TransferReversal
from billing.services import disputes, payouts, reversals
from billing.services.adjustments import adjust, left_to_adjust
from billing.services.holds import place_hold
from billing.services.settlements import release_hold, settle
from billing.services.suspensions import lift, suspend
from billing.states import DocumentKind, PayoutStatus, ReversalStatus
from core import clock
from notifications.models import Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.earned import DUE, activate, earn, earn_in_two, pay_by_card, sweep, transfers
from tests.billing.money import credit_left, entries, make_member, make_mentor, make_terms, pay_in, wrong

pytestmark = pytest.mark.django_db
TRANSFERS = "POST /v1/transfers"
BOTH = ("mentor.pending", "mentor.recoverable")


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


def give_back(payout: Payout, cents: int, *, reference: str = "complaint:1", after: timedelta = DUE) -> Adjustment:
    return adjust(
        reference=reference,
        subject=payout.settlement.reference,
        amount_cents=cents,
        reason="dix minutes de retard",
        now=payout.settlement.settled_at + after,
    )


def take_back(payout: Payout, *, after: timedelta = DUE) -> int:
    return reversals.sweep_reversals(now=payout.settlement.settled_at + after)


def owes(mentor: User) -> int:
    return balance(recoverable(mentor))


# --- before anything left ---


@pytest.mark.requirement("SK-52")
def test_ten_of_47_euros_given_back_before_the_payout_as_the_table_of_postings_says(
    sandbox: Sandbox, mentor: User
) -> None:
    learner = make_member()
    payout = earn(sandbox, mentor, learner=learner, seconds=2820)
    before = credit_left(learner)
    adjustment = give_back(payout, 1000, after=timedelta(hours=1))
    assert entries("adjust:complaint:1") == {
        "mentor.pending": 800,
        "revenue.commission": 166,
        "vat.collected": 34,
        "learner.available": -1000,
    }
    assert (adjustment.net_cents, adjustment.commission_cents, adjustment.commission_vat_cents) == (800, 200, 34)
    assert adjustment.vat_cents == 783 - 617
    assert credit_left(learner) == before + 1000
    payout = sweep(payout)
    assert (payout.status, payout.adjusted_cents, payout.to_send_cents) == (PayoutStatus.PAID, 800, 2960)
    assert transfers(sandbox) == [2960]
    assert (balance(COMMISSION), balance(VAT), balance(pending(mentor)), owes(mentor)) == (617, 123, 0, 0)
    assert wrong() == []


def test_an_adjustment_corrects_the_invoice_with_a_credit_note_of_the_same_series(
    sandbox: Sandbox, mentor: User
) -> None:
    payout = earn(sandbox, mentor)
    adjustment = give_back(payout, 1000)
    invoice, note = Invoice.objects.order_by("pk")
    assert (note.kind, note.corrects, note.adjustment) == (DocumentKind.CREDIT_NOTE, invoice, adjustment)
    assert (note.series, note.number, note.total_cents) == (invoice.series, invoice.number + 1, 1000)


def test_the_mentor_is_told_of_what_was_given_back(sandbox: Sandbox, mentor: User) -> None:
    give_back(earn(sandbox, mentor), 1000)
    assert Notice.objects.filter(recipient=mentor, kind="billing.payout_reduced").count() == 1


def test_a_decision_sent_twice_is_one(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    first = give_back(payout, 1000)
    assert give_back(payout, 1000) == first
    assert give_back(payout, 2500) == first
    assert Adjustment.objects.count() == 1
    assert balance(pending(mentor)) == 4000
    assert wrong() == []


def test_everything_given_back_cancels_the_payout(sandbox: Sandbox, mentor: User) -> None:
    learner = make_member()
    payout = earn(sandbox, mentor, learner=learner)
    give_back(payout, 6000)
    payout = sweep(payout, after=DUE * 2)
    assert (payout.status, payout.to_send_cents, transfers(sandbox)) == (PayoutStatus.CANCELED, 0, [])
    assert (credit_left(learner), balance(pending(mentor)), balance(COMMISSION), balance(VAT)) == (6000, 0, 0, 0)
    assert TopUp.objects.get().free_cents == 6000
    assert wrong() == []


def test_an_appeal_is_a_second_decision_and_the_differences_add_up(sandbox: Sandbox, mentor: User) -> None:
    learner = make_member()
    payout = earn(sandbox, mentor, learner=learner, seconds=2833)
    give_back(payout, 333)
    give_back(payout, 334, reference="appeal:1")
    give_back(payout, 335, reference="appeal:2")
    rows = Adjustment.objects.all()
    left = left_to_adjust(payout.settlement)
    # 4721 - 1002 = 3719: commission 744, of which VAT 124
    assert (left, 944 - sum(row.commission_cents for row in rows)) == (3719, 744)
    assert (balance(pending(mentor)), balance(COMMISSION), balance(VAT)) == (3719 - 744, 620, 124)
    give_back(payout, left, reference="appeal:3")
    assert (balance(pending(mentor)), balance(COMMISSION), balance(VAT)) == (0, 0, 0)
    assert Invoice.objects.filter(kind=DocumentKind.CREDIT_NOTE).count() == 4
    assert wrong() == []


def test_no_more_is_given_back_than_is_left(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    give_back(payout, 2000)
    with pytest.raises(AdjustmentTooLarge):
        give_back(payout, 4001, reference="complaint:2")
    with pytest.raises(ValueError, match="gives something back"):
        give_back(payout, -1, reference="complaint:2")
    assert not LedgerTransaction.objects.filter(key="adjust:complaint:2").exists()
    give_back(payout, 4000, reference="complaint:2")
    assert wrong() == []


def test_what_was_not_charged_cannot_be_given_back(mentor: User) -> None:
    learner = make_member()
    pay_in(learner, 12_000)
    for reference in ("booking:free", "booking:canceled"):
        place_hold(learner=learner, reference=reference, amount_cents=6000)
    settle(terms=make_terms("booking:free", learner, mentor, seconds=0))
    release_hold(reference="booking:canceled")
    for reference in ("booking:free", "booking:canceled", "booking:unknown"):
        with pytest.raises(NothingSettled):
            adjust(reference="complaint:1", subject=reference, amount_cents=1, reason="erreur de saisie")
    assert not Adjustment.objects.exists()


def test_a_cent_without_commission_comes_from_the_mentor_alone(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor, seconds=1)
    give_back(payout, 1)
    assert entries("adjust:complaint:1") == {"mentor.pending": 1, "learner.available": -1}
    assert wrong() == []


def test_what_is_given_back_first_pays_what_the_learner_owes(sandbox: Sandbox, mentor: User) -> None:
    learner = make_member()
    payout = earn(sandbox, mentor, learner=learner)
    _owe(sandbox, 700)
    give_back(payout, 1000)
    assert entries("repay:adjust:complaint:1") == {"learner.available": 700, "learner.receivable": -700}
    assert (credit_left(learner), balance(receivable(learner)), TopUp.objects.get().lost_cents) == (300, 0, 700)
    assert sweep(payout).to_send_cents == 4000
    assert wrong() == []


def _owe(sandbox: Sandbox, cents: int) -> None:
    """The learner's bank took this much of his card payment back for good."""
    (charge,) = sandbox.store.all("charge")
    dispute = sandbox.open_dispute(charge["id"], amount=cents)
    sandbox.lose_dispute(dispute)
    disputes.apply_dispute(get_gateway().retrieve_dispute(dispute))


# --- after it left ---


def test_after_the_payout_the_transfer_is_reversed(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor, seconds=2820))
    give_back(payout, 1000)
    assert entries("adjust:complaint:1") == {
        "mentor.recoverable": 800,
        "revenue.commission": 166,
        "vat.collected": 34,
        "learner.available": -1000,
    }
    reversal = TransferReversal.objects.get()
    assert (owes(mentor), reversal.cause) == (800, "complaint:1")
    before = balance(STRIPE)
    assert take_back(payout) == 800
    assert entries(f"reversal:{reversal.reference}") == {"stripe": 800, "mentor.recoverable": -800}
    assert (transfers(sandbox), owes(mentor), balance(STRIPE) - before) == ([2960], 0, 800)
    assert take_back(payout, after=DUE * 2) == 0
    assert wrong() == []


def test_when_stripe_refuses_the_debt_is_kept_from_the_next_payout(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor))
    sandbox.empty_account(mentor.connected_account.stripe_id)
    give_back(payout, 1000)
    assert take_back(payout) == 0
    assert (TransferReversal.objects.get().status, owes(mentor)) == (ReversalStatus.REFUSED, 800)
    later = sweep(earn(sandbox, mentor))
    assert entries(f"setoff:{later.pk}:800") == {"mentor.pending": 800, "mentor.recoverable": -800}
    assert (later.status, later.set_off_cents, later.to_send_cents) == (PayoutStatus.PAID, 800, 4000)
    assert transfers(sandbox) == [4000, 4800]
    assert (owes(mentor), balance(pending(mentor))) == (0, 0)
    assert wrong() == []


def test_a_debt_above_a_payout_takes_all_of_it_and_the_rest_of_the_next(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor))
    sandbox.empty_account(mentor.connected_account.stripe_id)
    give_back(payout, 6000)
    take_back(payout)
    assert owes(mentor) == 4800
    small = sweep(earn(sandbox, mentor, seconds=1800))
    assert (small.status, small.set_off_cents, small.to_send_cents) == (PayoutStatus.PAID, 2400, 0)
    assert owes(mentor) == 2400
    larger = sweep(earn(sandbox, mentor))
    assert (larger.set_off_cents, larger.to_send_cents, owes(mentor)) == (2400, 2400, 0)
    assert transfers(sandbox) == [2400, 4800]
    assert Notice.objects.filter(recipient=mentor, kind="billing.payout_sent").count() == 3
    assert wrong() == []


def test_a_debt_that_stripe_is_asked_for_is_not_kept_as_well(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor))
    give_back(payout, 1000)
    later = sweep(earn(sandbox, mentor))
    assert (later.set_off_cents, owes(mentor)) == (0, 800)
    assert take_back(payout) == 800
    assert (transfers(sandbox), owes(mentor)) == ([4800, 4000], 0)
    assert wrong() == []


def test_of_a_payout_that_was_set_off_only_the_transfer_is_reversed(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor))
    sandbox.empty_account(mentor.connected_account.stripe_id)
    give_back(payout, 1000)
    take_back(payout)
    later = sweep(earn(sandbox, mentor))
    give_back(later, 6000, reference="complaint:2")
    assert take_back(later) == 4000
    assert owes(mentor) == 800
    assert wrong() == []


def test_several_decisions_reverse_no_more_than_was_sent(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn_in_two(sandbox, mentor))
    give_back(payout, 3000)
    give_back(payout, 1000, reference="complaint:2")
    give_back(payout, 2000, reference="complaint:3")
    wanted = TransferReversal.objects.order_by("pk").values_list("cause", "part__amount_cents", "amount_cents")
    assert list(wanted) == [
        ("complaint:1", 2300, 2300),
        ("complaint:1", 2500, 100),
        ("complaint:2", 2500, 800),
        ("complaint:3", 2500, 1600),
    ]
    assert take_back(payout) == 4800
    assert (transfers(sandbox), owes(mentor)) == ([0, 0], 0)
    assert wrong() == []


# --- on the way ---


def test_between_two_transfers_the_one_not_asked_shrinks_and_the_other_is_reversed(
    sandbox: Sandbox, mentor: User
) -> None:
    payout = earn_in_two(sandbox, mentor)
    latest = sandbox.store.all("charge")[0]
    sandbox.store.save(latest | {"amount_refunded": 3500})
    assert sweep(payout).status == PayoutStatus.SCHEDULED
    assert transfers(sandbox) == [2500]
    give_back(payout, 4000)
    assert {code: cents for code, cents in entries("adjust:complaint:1").items() if code in BOTH} == {
        "mentor.pending": 2300,
        "mentor.recoverable": 900,
    }
    assert take_back(payout) == 900
    payout = sweep(payout, after=DUE + timedelta(hours=1))
    assert (payout.status, payout.adjusted_cents) == (PayoutStatus.PAID, 2300)
    assert (transfers(sandbox), balance(pending(mentor)), owes(mentor)) == ([1600], 0, 0)
    assert wrong() == []


def test_a_failed_payout_whose_rest_was_given_back_ends_paid(sandbox: Sandbox, mentor: User) -> None:
    payout = earn_in_two(sandbox, mentor)
    latest = sandbox.store.all("charge")[0]
    sandbox.store.save(latest | {"amount_refunded": 3500})
    for hours in (0, 1, 7, 31):
        payout = sweep(payout, after=DUE + timedelta(hours=hours))
    assert payout.status == PayoutStatus.FAILED
    give_back(payout, 2875, after=DUE * 2)
    assert sweep(payout, after=DUE * 2).status == PayoutStatus.PAID
    assert (transfers(sandbox), balance(pending(mentor))) == ([2500], 0)
    assert wrong() == []


def test_in_doubt_the_money_is_owed_until_it_is_known_where_it_is(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout).status == PayoutStatus.IN_FLIGHT
    give_back(payout, 1000)
    assert (balance(pending(mentor)), owes(mentor)) == (4800, 800)
    assert take_back(payout, after=DUE + timedelta(minutes=5)) == 0
    assert TransferReversal.objects.get().status == ReversalStatus.DUE
    payout = sweep(payout, after=DUE + timedelta(minutes=11))
    assert (payout.status, payout.to_send_cents) == (PayoutStatus.PAID, 4800)
    assert take_back(payout, after=DUE + timedelta(minutes=12)) == 800
    assert (transfers(sandbox), balance(pending(mentor)), owes(mentor)) == ([4000], 0, 0)
    assert wrong() == []


def test_in_doubt_and_then_never_sent_the_debt_reduces_that_payout(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.NOT_REACHED, times=3))
    sweep(payout)
    give_back(payout, 1000)
    (charge,) = sandbox.store.all("charge")
    sandbox.store.save(charge | {"amount_refunded": 6000})
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.SCHEDULED
    sandbox.store.save(charge)
    assert take_back(payout, after=DUE + timedelta(minutes=12)) == 0
    assert TransferReversal.objects.get().status == ReversalStatus.REFUSED
    pay_by_card(sandbox, make_member(), "booking:other", 10_000, card="4000000000000077")
    payout = sweep(payout, after=DUE + timedelta(hours=2))
    assert (payout.status, payout.set_off_cents, transfers(sandbox)) == (PayoutStatus.PAID, 800, [4000])
    assert (balance(pending(mentor)), owes(mentor)) == (0, 0)
    assert wrong() == []


def test_a_decision_between_the_claim_and_the_call_sends_less(
    sandbox: Sandbox, mentor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout = earn_in_two(sandbox, mentor)
    _just_before_the_first_transfer(monkeypatch, lambda: give_back(payout, 4000))
    payout = sweep(payout)
    assert (payout.status, payout.adjusted_cents, transfers(sandbox)) == (PayoutStatus.PAID, 3200, [1600])
    assert (balance(pending(mentor)), owes(mentor)) == (0, 0)
    assert wrong() == []


def test_everything_given_back_between_the_claim_and_the_call_sends_nothing(
    sandbox: Sandbox, mentor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout = earn(sandbox, mentor)
    _just_before_the_first_transfer(monkeypatch, lambda: give_back(payout, 6000))
    payout = sweep(payout)
    assert (payout.status, transfers(sandbox), owes(mentor)) == (PayoutStatus.CANCELED, [], 0)
    assert wrong() == []


def _just_before_the_first_transfer(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    find, waiting = payouts._destination, [act]

    def find_and_act(*arguments: object) -> object:
        found = find(*arguments)  # type: ignore[arg-type]
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(payouts, "_destination", find_and_act)


def test_a_suspended_payout_shrinks_and_waits_on(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    reference = payout.settlement.reference
    suspend(reference=reference, cause="complaint:1")
    give_back(payout, 1000)
    assert sweep(payout).status == PayoutStatus.SUSPENDED
    assert lift(reference=reference, cause="complaint:1", now=clock.now())
    assert sweep(payout).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4000]
    assert wrong() == []
