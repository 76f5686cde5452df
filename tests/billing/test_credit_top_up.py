"""Credit added for no booking, and debts paid back: within the cap, once, whoever brings the news."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from billing.errors import (
    AmountChanged,
    CreditFrozen,
    NothingOwed,
    PaymentUnavailable,
    TopUpAboveCap,
    TopUpNotAllowed,
    TopUpTooSmall,
)
from billing.models import LedgerTransaction, TopUp
from billing.services import payments, webhooks
from billing.services.credit import STRIPE_MOST_CENTS, most_to_add, start_credit_top_up, start_debt_payment
from billing.services.debts import Freeze, freeze_of
from billing.services.holds import place_hold
from billing.services.payments import PaymentStart
from billing.states import TopUpStatus
from core import clock
from notifications.models import Email
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left, make_member
from tests.databases import in_threads
from tests.stripe import ACCEPTED, ASKS_CONFIRMATION, DECLINED, deliver_all, session_of

PAGES = "POST /v1/checkout/sessions"


@pytest.fixture
def learner(db: None) -> User:
    return make_member()


def later(**by: int) -> datetime:
    return clock.now() + timedelta(**by)


def page_of(started: PaymentStart) -> str:
    assert started.checkout_url
    return session_of(started.checkout_url)


def add(learner: User, cents: int = 5_000) -> str:
    return page_of(start_credit_top_up(user=learner, amount_cents=cents))


def written() -> tuple[int, int]:
    return TopUp.objects.count(), LedgerTransaction.objects.count()


# --- within the cap ---


@pytest.mark.requirement("K-3")
def test_credit_is_added_by_card_and_told(learner: User, sandbox: Sandbox) -> None:
    page = add(learner)
    session = sandbox.store.get("checkout.session", page)
    top_up = TopUp.objects.get()
    assert (session["amount_total"], session["_payment"]["transfer_group"]) == (5_000, f"topup_{top_up.reference}")
    assert session["success_url"].endswith(f"/credit/paiement/{top_up.reference}/")
    sandbox.pay(page, ACCEPTED)
    payments.refresh(top_up)
    assert (credit_left(learner), books_wrong()) == (5_000, [])
    mail = Email.objects.get(kind="billing.credit_topped_up")
    assert mail.subject == "50,00\u00a0€ ajoutés à votre crédit"
    assert "Visa\u00a0••••\u00a04242" in mail.body_text


@pytest.mark.requirement("K-3")
def test_what_is_blocked_counts_for_the_cap(learner: User, sandbox: Sandbox) -> None:
    pay_by_card(sandbox, learner, "booking:a", 20_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=15_000)
    assert most_to_add(learner) == 10_000
    with pytest.raises(TopUpAboveCap):
        add(learner, 10_001)
    assert TopUp.objects.count() == 1
    sandbox.pay(add(learner, 10_000), ACCEPTED)
    payments.sweep_payments(now=later(minutes=2))
    assert (credit_left(learner), most_to_add(learner), books_wrong()) == (15_000, 0, [])


@pytest.mark.parametrize("cents", [0, -5_000, 99, 30_001, 10**12])
def test_an_amount_out_of_bounds_opens_nothing(learner: User, sandbox: Sandbox, cents: int) -> None:
    with pytest.raises((TopUpTooSmall, TopUpAboveCap)):
        add(learner, cents)
    assert (written(), sandbox.log) == ((0, 0), [])


def test_a_platform_may_take_money_for_bookings_only(learner: User, sandbox: Sandbox, settings: LazySettings) -> None:
    settings.CREDIT_TOPUP_MODE = "booking_shortfall"
    with pytest.raises(TopUpNotAllowed):
        add(learner)
    assert (most_to_add(learner), written()) == (0, (0, 0))


def test_or_as_much_as_stripe_takes(learner: User, sandbox: Sandbox, settings: LazySettings) -> None:
    settings.CREDIT_TOPUP_MODE = "free"
    assert most_to_add(learner) == STRIPE_MOST_CENTS
    add(learner, 500_000)
    with pytest.raises(TopUpAboveCap):
        add(learner, STRIPE_MOST_CENTS + 1)


def test_a_frozen_credit_takes_no_more(learner: User, sandbox: Sandbox) -> None:
    sandbox.open_dispute(pay_by_card(sandbox, learner, "booking:a", 2_000).charge_id)
    assert books_wrong() == []
    with pytest.raises(CreditFrozen):
        add(learner)
    assert TopUp.objects.count() == 1


def test_pressing_twice_finds_the_same_page_and_another_amount_closes_it(learner: User, sandbox: Sandbox) -> None:
    first = add(learner)
    assert add(learner) == first
    second = add(learner, 2_000)
    assert sandbox.store.get("checkout.session", first)["status"] == "expired"
    assert sorted(TopUp.objects.values_list("amount_cents", "status")) == [(2_000, "open"), (5_000, "expired")]
    sandbox.pay(second, ACCEPTED)
    # Paid in the other tab: asking again is asking for more.
    assert add(learner, 2_000) != second
    assert (credit_left(learner), books_wrong()) == (2_000, [])


# --- whoever brings the news ---


def test_the_webhook_the_browser_and_the_sweep_add_it_once(client: Client, learner: User, sandbox: Sandbox) -> None:
    sandbox.pay(add(learner), ACCEPTED)
    for event in [*reversed(sandbox.outbox), *sandbox.outbox]:
        sandbox.outbox = [event]
        deliver_all(client, sandbox)
        webhooks.handle_due()
    payments.refresh(TopUp.objects.get())
    assert payments.sweep_payments(now=later(minutes=2)) == 0
    assert (credit_left(learner), Email.objects.filter(kind="billing.credit_topped_up").count()) == (5_000, 1)
    assert books_wrong() == []


def test_a_refused_card_and_a_confirmation_given_up_add_nothing(learner: User, sandbox: Sandbox) -> None:
    page = add(learner)
    sandbox.pay(page, DECLINED)
    sandbox.pay(page, ASKS_CONFIRMATION)
    assert payments.sweep_payments(now=later(minutes=2)) == 0
    assert payments.sweep_payments(now=later(minutes=31)) == 1
    assert (TopUp.objects.get().status, credit_left(learner), books_wrong()) == (TopUpStatus.EXPIRED, 0, [])


def test_when_stripe_does_not_answer_nothing_is_open_to_pay_and_the_next_try_finds_the_page(
    learner: User, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Fault(PAGES, FaultKind.LOST_ANSWER, times=3))
    with pytest.raises(PaymentUnavailable):
        add(learner)
    sandbox.pay(add(learner), ACCEPTED)
    payments.sweep_payments(now=later(minutes=2))
    assert (len(sandbox.store.all("checkout.session")), credit_left(learner), books_wrong()) == (1, 5_000, [])


# --- what is owed ---


def owe(sandbox: Sandbox, learner: User, cents: int = 4_000) -> None:
    """A session was given, then its card payment taken back by the bank."""
    top_up = pay_by_card(sandbox, learner, "booking:given", cents)
    place_hold(learner=learner, reference="booking:given", amount_cents=cents)
    sandbox.lose_dispute(sandbox.open_dispute(top_up.charge_id))
    assert books_wrong() == []


@pytest.mark.requirement("K-3")
def test_exactly_what_is_owed_is_paid_and_the_credit_is_free_again(learner: User, sandbox: Sandbox) -> None:
    owe(sandbox, learner)
    assert freeze_of(learner) == Freeze(disputes=0, owed_cents=4_000)
    with pytest.raises(AmountChanged):
        start_debt_payment(user=learner, shown_cents=3_000)
    page = page_of(start_debt_payment(user=learner, shown_cents=4_000))
    assert page_of(start_debt_payment(user=learner, shown_cents=4_000)) == page
    sandbox.pay(page, ACCEPTED)
    payments.sweep_payments(now=later(minutes=2))
    assert (freeze_of(learner), credit_left(learner), books_wrong()) == (None, 0, [])
    assert "ont réglé ce que vous deviez" in Email.objects.get(kind="billing.credit_topped_up").body_text
    with pytest.raises(NothingOwed):
        start_debt_payment(user=learner, shown_cents=4_000)


def test_a_debt_smaller_than_a_card_may_pay_leaves_the_rest_as_credit(learner: User, sandbox: Sandbox) -> None:
    owe(sandbox, learner, 3_000)
    other = page_of(start_debt_payment(user=learner, shown_cents=3_000))
    sandbox.pay(other, ACCEPTED)
    payments.sweep_payments(now=later(minutes=2))
    pay_by_card(sandbox, learner, "booking:next", 2_970)
    owe_little(sandbox, learner)
    assert freeze_of(learner) == Freeze(disputes=0, owed_cents=30)
    sandbox.pay(page_of(start_debt_payment(user=learner, shown_cents=50)), ACCEPTED)
    payments.sweep_payments(now=later(minutes=4))
    assert (freeze_of(learner), credit_left(learner), books_wrong()) == (None, 20, [])


def owe_little(sandbox: Sandbox, learner: User) -> None:
    """What was paid is credit again, but for thirty cents."""
    place_hold(learner=learner, reference="booking:small", amount_cents=30)
    last = TopUp.objects.latest("pk")
    sandbox.lose_dispute(sandbox.open_dispute(last.charge_id))
    assert books_wrong() == []


def test_while_only_a_dispute_is_open_nothing_is_to_pay(learner: User, sandbox: Sandbox) -> None:
    sandbox.open_dispute(pay_by_card(sandbox, learner, "booking:a", 2_000).charge_id)
    assert books_wrong() == []
    with pytest.raises(NothingOwed):
        start_debt_payment(user=learner, shown_cents=2_000)
    assert TopUp.objects.count() == 1


# --- at once ---


def test_two_tabs_at_once_open_one_page_within_the_cap(cloned_database: str, sandbox: Sandbox) -> None:
    learner = make_member()
    found = in_threads(*[lambda: add(learner, 20_000)] * 6)
    pages = {result for result in found if isinstance(result, str)}
    assert len(pages) == 1, found
    assert TopUp.objects.filter(status=TopUpStatus.OPEN).count() == 1
    sandbox.pay(pages.pop(), ACCEPTED)
    in_threads(*[lambda: payments.sweep_payments(now=later(minutes=2))] * 4)
    assert (credit_left(learner), books_wrong()) == (20_000, [])


def test_different_amounts_at_once_never_pass_the_cap_together(cloned_database: str, sandbox: Sandbox) -> None:
    learner = make_member()
    found = in_threads(lambda: add(learner, 20_000), lambda: add(learner, 25_000))
    kinds = Counter(type(result).__name__ for result in found)
    assert kinds["str"] >= 1
    assert set(kinds) <= {"str", AmountChanged.__name__}, found
    assert len([row for row in sandbox.store.all("checkout.session") if row["status"] == "open"]) <= 1
    assert TopUp.objects.filter(status=TopUpStatus.OPEN).count() <= 1
