"""Unused credit back to the cards that paid it: the oldest first, once, whatever happens on the way."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from billing.errors import CreditChanged, CreditFrozen, InsufficientCredit, NothingToRefund, RefundAboveCredit
from billing.gateway import Refused
from billing.ledger import AccountSpec, credit, debit, post
from billing.ledger.accounts import STRIPE
from billing.models import Hold, LedgerTransaction, Refund, TopUp
from billing.selectors import refund_plan, refundable_cents
from billing.services import payments, refunds, webhooks
from billing.services.corrections import Proposal, approve, propose
from billing.services.credit import start_credit_top_up
from billing.services.debts import Freeze, freeze_of
from billing.services.holds import place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.services.settlements import release_hold
from billing.states import CorrectionKind, RefundStatus, TopUpStatus
from core import clock
from notifications.models import Email, Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.money import credit_left, make_member
from tests.databases import in_threads
from tests.stripe import ACCEPTED, REFUND_COMES_LATE, REFUND_FAILS_LATER, deliver_all, session_of

MASTERCARD = "5555555555554444"
ASK = "POST /v1/refunds"
STALE = timedelta(minutes=11)


@pytest.fixture
def learner(db: None) -> User:
    return make_member()


def add_credit(sandbox: Sandbox, learner: User, cents: int, card: str = ACCEPTED) -> TopUp:
    started = start_credit_top_up(user=learner, amount_cents=cents)
    sandbox.pay(session_of(started.checkout_url or ""), card)
    return payments.refresh(TopUp.objects.get(user=learner, status=TopUpStatus.OPEN))


def at_stripe(sandbox: Sandbox) -> list[tuple[str, int]]:
    """Charge and amount of each refund, the oldest first."""
    return [(row["charge"], row["amount"]) for row in reversed(sandbox.store.all("refund"))]


def statuses() -> list[str]:
    return list(Refund.objects.order_by("pk").values_list("status", flat=True))


def told(kind: str) -> int:
    assert Notice.objects.filter(kind=kind).count() == Email.objects.filter(kind=kind).count()
    return Notice.objects.filter(kind=kind).count()


# --- asked for ---


@pytest.mark.requirement("K-3")
def test_credit_goes_back_to_the_cards_that_paid_it_the_oldest_first(learner: User, sandbox: Sandbox) -> None:
    first = add_credit(sandbox, learner, 5_000)
    second = add_credit(sandbox, learner, 3_000, MASTERCARD)
    assert refund_plan(learner, 6_000) == [(first, 5_000), (second, 1_000)]
    asked = request_refund(user=learner, amount_cents=6_000)
    assert [(row.top_up, row.amount_cents) for row in asked] == [(first, 5_000), (second, 1_000)]
    # Gone from the credit at once: it cannot be spent while it leaves.
    assert (credit_left(learner), refundable_cents(learner)) == (2_000, 2_000)
    assert sweep_refunds() == 2
    assert at_stripe(sandbox) == [(first.charge_id, 5_000), (second.charge_id, 1_000)]
    assert (statuses(), told("billing.refund_sent")) == (["sent", "sent"], 2)
    assert "Mastercard\u00a0••••\u00a04444" in Email.objects.filter(kind="billing.refund_sent").latest("pk").body_text
    assert sweep_refunds(now=clock.now() + STALE) == 0
    assert books_wrong() == []


@pytest.mark.requirement("K-3")
def test_what_is_blocked_is_not_refundable_until_it_is_free(learner: User, sandbox: Sandbox) -> None:
    top_up = add_credit(sandbox, learner, 5_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=4_000)
    with pytest.raises(RefundAboveCredit):
        request_refund(user=learner, amount_cents=1_001)
    request_refund(user=learner, amount_cents=1_000)
    release_hold(reference="booking:a")
    request_refund(user=learner, amount_cents=4_000)
    assert sweep_refunds() == 2
    assert at_stripe(sandbox) == [(top_up.charge_id, 1_000), (top_up.charge_id, 4_000)]
    assert (credit_left(learner), books_wrong()) == (0, [])


def test_a_gift_of_the_platform_is_spent_but_never_refunded(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, make_member("Nadia", "Benali"), 5_000)
    legs = [debit(STRIPE, 2_000), credit(AccountSpec("bank"), 2_000)]
    post(key="bank:own", kind="bank", legs=legs, occurred_at=clock.now())
    proposal = Proposal(kind=CorrectionKind.GOODWILL, amount_cents=1_000, reason="Une panne.", member=learner)
    approve(correction=propose(by=make_member("Aline"), proposal=proposal), by=make_member("Sylvie"), note="Vu.")
    top_up = add_credit(sandbox, learner, 500)
    assert (credit_left(learner), refundable_cents(learner)) == (1_500, 500)
    with pytest.raises(RefundAboveCredit):
        request_refund(user=learner, amount_cents=501)
    assert [row.top_up for row in request_refund(user=learner, amount_cents=500)] == [top_up]
    assert credit_left(learner) == 1_000


@pytest.mark.parametrize(
    ("cents", "refusal"), [(0, NothingToRefund), (-100, NothingToRefund), (5_001, RefundAboveCredit)]
)
def test_an_amount_that_cannot_be_refunded_writes_nothing(
    learner: User, sandbox: Sandbox, cents: int, refusal: type[Exception]
) -> None:
    add_credit(sandbox, learner, 5_000)
    written = LedgerTransaction.objects.count()
    with pytest.raises(refusal):
        request_refund(user=learner, amount_cents=cents)
    assert (Refund.objects.count(), LedgerTransaction.objects.count()) == (0, written)
    assert books_wrong() == []


def test_a_form_sent_twice_asks_once(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=2_000, shown_cents=5_000)
    with pytest.raises(CreditChanged):
        request_refund(user=learner, amount_cents=2_000, shown_cents=5_000)
    assert (credit_left(learner), statuses()) == (3_000, ["due"])


def test_a_frozen_credit_is_not_refunded(learner: User, sandbox: Sandbox) -> None:
    top_up = add_credit(sandbox, learner, 5_000)
    sandbox.open_dispute(top_up.charge_id)
    assert books_wrong() == []
    with pytest.raises(CreditFrozen):
        request_refund(user=learner, amount_cents=1_000)
    assert statuses() == []


def test_somebody_elses_credit_pays_no_refund(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, make_member("Nadia", "Benali"), 5_000)
    with pytest.raises(RefundAboveCredit):
        request_refund(user=learner, amount_cents=1)


# --- refused, or given back later ---


def test_a_refund_that_stripe_refuses_is_credit_again_and_told(client: Client, learner: User, sandbox: Sandbox) -> None:
    top_up = add_credit(sandbox, learner, 5_000)
    # Nobody told us of it yet.
    dispute = sandbox.open_dispute(top_up.charge_id)
    request_refund(user=learner, amount_cents=5_000)
    assert sweep_refunds() == 0
    assert (statuses(), credit_left(learner), refundable_cents(learner)) == (["failed"], 5_000, 5_000)
    assert (told("billing.refund_failed"), told("billing.refund_sent")) == (1, 0)
    sandbox.win_dispute(dispute)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    request_refund(user=learner, amount_cents=5_000)
    assert sweep_refunds() == 1
    assert (credit_left(learner), books_wrong()) == (0, [])


def test_a_charge_lost_in_a_dispute_is_not_refunded_a_second_time(learner: User, sandbox: Sandbox) -> None:
    disputed = add_credit(sandbox, learner, 5_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=5_000)
    other = add_credit(sandbox, learner, 6_000)
    sandbox.lose_dispute(sandbox.open_dispute(disputed.charge_id))
    assert books_wrong() == []
    release_hold(reference="booking:a")
    assert credit_left(learner) == 6_000
    plan = refund_plan(learner, refundable_cents(learner))
    assert {top_up for top_up, _cents in plan} == {other}
    request_refund(user=learner, amount_cents=refundable_cents(learner))
    assert sweep_refunds() == 1
    assert books_wrong() == []


@pytest.mark.requirement("K-3")
def test_what_a_lost_dispute_left_of_a_charge_is_refunded(learner: User, sandbox: Sandbox) -> None:
    """Part of it was disputed and part refunded before: the card has the rest, to the cent."""
    top_up = add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=500)
    sweep_refunds()
    sandbox.lose_dispute(sandbox.open_dispute(top_up.charge_id, amount=2_000))
    assert books_wrong() == []
    assert (credit_left(learner), refundable_cents(learner)) == (2_500, 2_500)
    request_refund(user=learner, amount_cents=2_500)
    assert sweep_refunds() == 1
    assert at_stripe(sandbox) == [(top_up.charge_id, 500), (top_up.charge_id, 2_500)]
    assert (credit_left(learner), statuses(), books_wrong()) == (0, ["sent", "sent"], [])


def test_credit_that_a_disputed_charge_has_no_more_is_spent_not_refunded(learner: User, sandbox: Sandbox) -> None:
    """Another payment stood in for what was spent: what came back later is more than Stripe would give the card."""
    disputed = add_credit(sandbox, learner, 5_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=4_000)
    other = add_credit(sandbox, learner, 6_000)
    sandbox.lose_dispute(sandbox.open_dispute(disputed.charge_id, amount=3_000))
    assert books_wrong() == []
    # The free euro of the disputed payment, then twenty of the other.
    release_hold(reference="booking:a")
    assert credit_left(learner) == 8_000
    assert refund_plan(learner, refundable_cents(learner)) == [(disputed, 2_000), (other, 4_000)]
    with pytest.raises(RefundAboveCredit):
        request_refund(user=learner, amount_cents=6_001)
    request_refund(user=learner, amount_cents=6_000)
    assert sweep_refunds() == 2
    assert (credit_left(learner), refundable_cents(learner), books_wrong()) == (2_000, 0, [])


@pytest.mark.requirement("K-3")
def test_a_refund_the_bank_gives_back_later_is_credit_again_and_told(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    add_credit(sandbox, learner, 5_000, REFUND_FAILS_LATER)
    request_refund(user=learner, amount_cents=2_000)
    assert sweep_refunds() == 1
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert (statuses(), credit_left(learner)) == (["sent"], 3_000)
    sandbox.pass_time()
    for event in [*reversed(sandbox.outbox), *sandbox.outbox]:
        sandbox.outbox = [event]
        deliver_all(client, sandbox)
        webhooks.handle_due()
    assert (statuses(), credit_left(learner), refundable_cents(learner)) == (["failed"], 5_000, 5_000)
    assert (told("billing.refund_failed"), books_wrong()) == (1, [])


def test_without_any_webhook_the_lines_of_our_balance_tell_it(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000, REFUND_FAILS_LATER)
    request_refund(user=learner, amount_cents=2_000)
    sweep_refunds()
    sandbox.pass_time()
    assert books_wrong() == []
    assert (statuses(), credit_left(learner)) == (["failed"], 5_000)


def test_a_refund_that_takes_its_time_is_sent_all_the_same(client: Client, learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000, REFUND_COMES_LATE)
    request_refund(user=learner, amount_cents=5_000)
    assert sweep_refunds() == 1
    sandbox.pass_time()
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert (statuses(), credit_left(learner), told("billing.refund_sent"), books_wrong()) == (["sent"], 0, 1, [])


def test_what_comes_back_pays_first_what_is_owed(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000, REFUND_FAILS_LATER)
    add_credit(sandbox, learner, 3_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=4_000)
    request_refund(user=learner, amount_cents=1_000)
    sweep_refunds()
    disputed = Hold.objects.get().allocations.get().top_up
    sandbox.lose_dispute(sandbox.open_dispute(disputed.charge_id))
    assert books_wrong() == []
    # The bank took 40,00 €: 30,00 € were there.
    assert (freeze_of(learner), credit_left(learner)) == (Freeze(disputes=0, owed_cents=1_000), 0)
    sandbox.pass_time()
    assert books_wrong() == []
    assert (statuses(), freeze_of(learner), credit_left(learner)) == (["failed"], None, 0)
    assert LedgerTransaction.objects.filter(key__startswith="repay:refund-failed:").exists()


# --- in doubt, and killed ---


def test_an_answer_lost_after_the_refund_is_looked_for(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=5_000)
    sandbox.faults.add(Fault(ASK, FaultKind.LOST_ANSWER, times=3))
    assert sweep_refunds() == 0
    assert (statuses(), credit_left(learner)) == (["in_flight"], 0)
    assert sweep_refunds() == 0
    assert sweep_refunds(now=clock.now() + STALE) == 1
    assert (len(at_stripe(sandbox)), statuses(), books_wrong()) == (1, ["sent"], [])


def test_the_webhook_comes_before_the_lost_answer_is_looked_for(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=5_000)
    sandbox.faults.add(Fault(ASK, FaultKind.LOST_ANSWER, times=3))
    sweep_refunds()
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert (statuses(), told("billing.refund_sent")) == (["sent"], 1)
    assert sweep_refunds(now=clock.now() + STALE) == 0
    assert (len(at_stripe(sandbox)), books_wrong()) == (1, [])


def test_a_question_that_never_arrived_is_asked_again(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=5_000)
    sandbox.faults.add(Fault(ASK, FaultKind.NOT_REACHED, times=3))
    assert sweep_refunds() == 0
    assert sweep_refunds(now=clock.now() + STALE) == 1
    assert (len(at_stripe(sandbox)), statuses(), books_wrong()) == (1, ["sent"], [])


def test_a_look_that_fails_says_nothing_and_is_repeated(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=5_000)
    sandbox.faults.add(Fault(ASK, FaultKind.LOST_ANSWER, times=3))
    sweep_refunds()
    sandbox.faults.add(Fault("GET /v1/refunds", FaultKind.BROKEN, times=3))
    assert sweep_refunds(now=clock.now() + STALE) == 0
    assert statuses() == ["in_flight"]
    assert sweep_refunds(now=clock.now() + 2 * STALE) == 1
    assert (len(at_stripe(sandbox)), books_wrong()) == (1, [])


def test_a_worker_that_dies_before_the_call_leaves_the_refund_to_the_next(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=5_000)
    refunds._claim(clock.now())
    assert sweep_refunds() == 0
    assert sweep_refunds(now=clock.now() + STALE) == 1
    assert (len(at_stripe(sandbox)), books_wrong()) == (1, [])


def test_a_worker_that_dies_after_the_call_is_followed_by_one_that_looks(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    request_refund(user=learner, amount_cents=5_000)
    claimed = refunds._claim(clock.now())
    assert claimed
    refunds._ask(claimed, clock.now())
    asked = sum(target == ASK for target, _key, _status in sandbox.log)
    assert sweep_refunds(now=clock.now() + STALE) == 1
    assert sum(target == ASK for target, _key, _status in sandbox.log) == asked
    assert (len(at_stripe(sandbox)), statuses(), books_wrong()) == (1, ["sent"], [])


def test_an_empty_balance_of_ours_is_tried_again_and_given_up_in_the_end(learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000)
    row = request_refund(user=learner, amount_cents=5_000)[0]
    refusal = Refused("Insufficient funds.", code="balance_insufficient")
    moment = clock.now()
    for delay in refunds.DELAYS:
        assert refunds._claim(moment) == row
        refunds._refused(row, refusal, moment)
        row.refresh_from_db()
        assert (row.status, row.next_attempt_at, row.asked_at) == (RefundStatus.DUE, moment + delay, None)
        assert refunds._claim(moment) is None
        moment += delay
    refunds._claim(moment)
    refunds._refused(row, refusal, moment)
    assert (statuses(), credit_left(learner), books_wrong()) == (["failed"], 5_000, [])


# --- at once ---


@pytest.fixture
def committed(cloned_database: str, sandbox: Sandbox) -> User:
    learner = make_member()
    add_credit(sandbox, learner, 6_000)
    add_credit(sandbox, learner, 4_000)
    return learner


def kinds_of(results: Sequence[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_the_whole_credit_asked_back_from_many_tabs_leaves_once(committed: User, sandbox: Sandbox) -> None:
    found = in_threads(*[lambda: request_refund(user=committed, amount_cents=10_000)] * 8)
    assert kinds_of(found) == {"list": 1, RefundAboveCredit.__name__: 7}
    in_threads(*[sweep_refunds] * 4)
    assert sorted(cents for _charge, cents in at_stripe(sandbox)) == [4_000, 6_000]
    assert (credit_left(committed), statuses(), books_wrong()) == (0, ["sent", "sent"], [])


def test_of_a_refund_and_a_hold_of_the_same_euros_one_passes(committed: User, sandbox: Sandbox) -> None:
    def hold(number: int) -> Hold:
        return place_hold(learner=committed, reference=f"booking:{number}", amount_cents=7_000)

    def refund() -> list[Refund]:
        return request_refund(user=committed, amount_cents=7_000)

    found = in_threads(refund, lambda: hold(1), refund, lambda: hold(2))
    kinds = kinds_of(found)
    assert kinds["list"] + kinds["Hold"] == 1
    assert kinds[RefundAboveCredit.__name__] + kinds[InsufficientCredit.__name__] == 3
    sweep_refunds()
    assert (credit_left(committed), books_wrong()) == (3_000, [])
