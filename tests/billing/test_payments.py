"""Card payments: whoever brings the news, and however often, the money is posted once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from billing.errors import AmountChanged, CreditFrozen, PaymentUnavailable, PaymentWindowClosed
from billing.ledger import balance
from billing.ledger.accounts import PSP_FEES, STRIPE
from billing.models import LedgerTransaction, StripeCustomer, TopUp
from billing.rules import CARD_MINIMUM_CENTS, quote_payment
from billing.services import payments, webhooks
from billing.services.holds import place_hold
from billing.services.payments import PaymentStart, start_payment
from billing.signals import top_up_paid
from billing.states import TopUpStatus
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left, make_member, pay_in
from tests.stripe import ACCEPTED, ASKS_CONFIRMATION, DECLINED, deliver, deliver_all, session_of

BOOKING = "booking:abc"
RETURN = "http://localhost:8000/retour/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> User:
    return make_member()


@pytest.fixture
def news() -> Iterator[list[TopUp]]:
    """What the apps above were told; like bookings, the receiver blocks the amount at once."""
    told: list[TopUp] = []

    def receive(top_up: TopUp, **_extra: Any) -> None:
        told.append(top_up)
        place_hold(learner=top_up.user, reference=top_up.purpose, amount_cents=6000)

    top_up_paid.connect(receive)
    yield told
    top_up_paid.disconnect(receive)


def begin(
    learner: User, *, shown: int = 6000, total: int = 6000, minutes: int = 30, hold_number: int = 1
) -> PaymentStart:
    now = clock.now()
    return start_payment(
        payer=learner,
        reference=BOOKING,
        hold_number=hold_number,
        total_cents=total,
        shown_cents=shown,
        label="Python",
        closes_at=now + timedelta(minutes=minutes),
        return_url=RETURN,
        now=now,
    )


def page_of(started: PaymentStart) -> str:
    assert started.checkout_url
    return session_of(started.checkout_url)


def the_top_up() -> TopUp:
    return TopUp.objects.get(purpose=BOOKING)


def later(**by: int) -> datetime:
    return clock.now() + timedelta(**by)


# --- opening the page ---


@pytest.mark.requirement("SK-61", "K-3")
def test_the_card_pays_what_the_credit_does_not_cover(learner: User, sandbox: Sandbox) -> None:
    pay_in(learner, 2500)
    assert payments.quote(payer=learner, total_cents=6000).card_cents == 3500
    started = begin(learner, shown=3500)
    session = sandbox.store.get("checkout.session", page_of(started))
    assert (started.shortfall_cents, session["amount_total"]) == (3500, 3500)
    assert session["_payment"]["transfer_group"] == "booking_abc"
    assert session["_payment"]["setup_future_usage"] == "off_session"
    assert session["client_reference_id"] == the_top_up().reference


@pytest.mark.requirement("K-3")
def test_enough_credit_needs_no_card(learner: User, sandbox: Sandbox) -> None:
    pay_in(learner, 6000)
    assert begin(learner, shown=0) == PaymentStart(0, None)
    assert sandbox.log == []


def test_a_part_below_the_least_of_a_card_leaves_the_rest_as_credit() -> None:
    figures = quote_payment(6000, 5980)
    assert (figures.credit_cents, figures.card_cents, figures.left_over_cents) == (5980, 50, 30)


@given(total=st.integers(1, 10**6), credit=st.integers(0, 10**6))
def test_credit_and_card_always_cover_the_total(total: int, credit: int) -> None:
    figures = quote_payment(total, credit)
    assert figures.credit_cents + figures.card_cents >= total
    assert figures.credit_cents <= credit
    assert figures.card_cents == 0 or figures.card_cents >= CARD_MINIMUM_CENTS
    assert figures.left_over_cents < CARD_MINIMUM_CENTS


def test_an_amount_other_than_the_one_shown_is_refused(learner: User, sandbox: Sandbox) -> None:
    with pytest.raises(AmountChanged):
        begin(learner, shown=5900)
    assert not TopUp.objects.exists()


def test_a_window_that_ended_is_refused(learner: User, sandbox: Sandbox) -> None:
    with pytest.raises(PaymentWindowClosed):
        begin(learner, minutes=0)


def test_pressing_twice_finds_the_same_page(learner: User, sandbox: Sandbox) -> None:
    assert begin(learner) == begin(learner)
    assert len(sandbox.store.all("checkout.session")) == 1
    assert len(sandbox.store.all("customer")) == 1
    assert StripeCustomer.objects.get(user=learner).stripe_id == sandbox.store.all("customer")[0]["id"]


def test_when_the_credit_changes_the_old_page_is_closed(learner: User, sandbox: Sandbox) -> None:
    old = page_of(begin(learner))
    pay_in(learner, 1000)
    with pytest.raises(AmountChanged):
        begin(learner)
    assert page_of(begin(learner, shown=5000)) != old
    assert sandbox.store.get("checkout.session", old)["status"] == "expired"
    assert sorted(TopUp.objects.filter(purpose=BOOKING).values_list("status", flat=True)) == ["expired", "open"]


def test_no_answer_leaves_nothing_to_pay_and_the_next_try_finds_the_page(learner: User, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("POST /v1/checkout/sessions", FaultKind.LOST_ANSWER, times=3))
    with pytest.raises(PaymentUnavailable):
        begin(learner)
    assert the_top_up().checkout_url == ""
    page = page_of(begin(learner))
    assert [row["id"] for row in sandbox.store.all("checkout.session")] == [page]


def test_a_refused_request_is_tried_anew(learner: User, sandbox: Sandbox) -> None:
    begin(learner)
    TopUp.objects.update(checkout_id=None, checkout_url="", created_at=later(minutes=-40), reference="old")
    with pytest.raises(PaymentUnavailable):
        begin(learner)
    assert the_top_up().status == TopUpStatus.FAILED
    assert begin(learner).checkout_url


def test_each_hold_of_a_booking_has_a_page_of_its_own(learner: User, sandbox: Sandbox, news: list[TopUp]) -> None:
    first = page_of(begin(learner))
    second = page_of(begin(learner, shown=1500, total=1500, hold_number=2))
    assert first != second
    assert begin(learner).checkout_url == f"{sandbox.base_url}/c/pay/{first}"
    sandbox.pay(first, ACCEPTED)
    payments.sweep_payments(now=later(minutes=2))
    # The first is blocked; the second is still to pay.
    assert begin(learner) == PaymentStart(0, None)
    assert page_of(begin(learner, shown=1500, total=1500, hold_number=2)) == second
    assert [row["transfer_group"] for row in sandbox.store.all("charge")] == ["booking_abc"]


def test_a_frozen_learner_opens_no_page_for_a_booking(learner: User, sandbox: Sandbox) -> None:
    paid = pay_by_card(sandbox, learner, "booking:earlier", 2000)
    sandbox.open_dispute(paid.charge_id)
    assert books_wrong() == []
    with pytest.raises(CreditFrozen):
        begin(learner, shown=4000)
    assert not TopUp.objects.filter(purpose=BOOKING).exists()


def test_money_that_arrives_while_the_credit_is_frozen_stays_credit(learner: User, sandbox: Sandbox) -> None:
    paid = pay_by_card(sandbox, learner, "booking:earlier", 2000)
    page = page_of(begin(learner, shown=4000))
    sandbox.open_dispute(paid.charge_id)
    assert books_wrong() == []
    sandbox.pay(page, ACCEPTED)
    assert payments.refresh(the_top_up()).status == TopUpStatus.PAID
    assert (credit_left(learner), books_wrong()) == (6000, [])


def test_what_a_card_was_is_kept_for_its_owner(learner: User, sandbox: Sandbox, news: list[TopUp]) -> None:
    sandbox.pay(page_of(begin(learner)), "5555555555554444")
    assert payments.refresh(the_top_up()).card == "Mastercard\u00a0••••\u00a04444"
    assert TopUp(card_brand="unionpay", card_last4="0001").card == "Unionpay\u00a0••••\u00a00001"
    assert TopUp().card == "Carte bancaire"


# --- paid ---


@pytest.mark.requirement("SK-61")
def test_paid_money_is_posted_with_its_fee_and_told_in_one_transaction(
    learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    top_up = payments.refresh(the_top_up())
    assert (top_up.status, top_up.charge_id[:3]) == (TopUpStatus.PAID, "ch_")
    assert (balance(STRIPE), balance(PSP_FEES), credit_left(learner)) == (5885, 115, 0)
    assert news == [top_up]
    assert StripeCustomer.objects.get(user=learner).payment_method_id.startswith("pm_")
    assert set(LedgerTransaction.objects.values_list("reference", flat=True)) == {BOOKING}


def paid_once(learner: User, news: list[TopUp]) -> bool:
    posted = LedgerTransaction.objects.filter(kind="topup").count()
    assert books_wrong() == []
    return (posted, len(news), the_top_up().status, credit_left(learner)) == (1, 1, TopUpStatus.PAID, 0)


def test_the_webhook_comes_before_the_browser(
    client: Client, learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    payments.refresh(the_top_up())
    assert paid_once(learner, news)


def test_the_browser_comes_before_the_webhook(
    client: Client, learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    payments.refresh(the_top_up())
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert paid_once(learner, news)


def test_neither_comes_and_the_sweep_finds_the_payment(learner: User, sandbox: Sandbox, news: list[TopUp]) -> None:
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    assert payments.sweep_payments() == 0
    assert payments.sweep_payments(now=later(minutes=2)) == 1
    assert paid_once(learner, news)
    assert payments.sweep_payments(now=later(minutes=3)) == 0


def test_every_event_comes_twice_and_backwards(
    client: Client, learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    sandbox.pay(page_of(begin(learner)), DECLINED)
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    for event in [*reversed(sandbox.outbox), *sandbox.outbox]:
        assert deliver(client, event) == 200
        webhooks.handle_due()
    assert paid_once(learner, news)


def test_paying_in_one_tab_and_pressing_in_another_does_not_ask_again(
    learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    assert begin(learner) == PaymentStart(0, None)
    assert paid_once(learner, news)


def test_a_page_whose_answer_was_lost_is_found_by_its_event(
    client: Client, learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    page = page_of(begin(learner))
    TopUp.objects.update(checkout_id=None, checkout_url="")
    sandbox.pay(page, ACCEPTED)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert the_top_up().checkout_id == page
    assert paid_once(learner, news)


def test_a_receiver_that_fails_takes_everything_back_and_the_next_messenger_repeats_it(
    learner: User, sandbox: Sandbox
) -> None:
    def fail(**_extra: Any) -> None:
        raise RuntimeError("down")

    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    top_up_paid.connect(fail)
    with pytest.raises(RuntimeError):
        payments.refresh(the_top_up())
    top_up_paid.disconnect(fail)
    assert (the_top_up().status, LedgerTransaction.objects.count()) == (TopUpStatus.OPEN, 0)
    assert payments.refresh(the_top_up()).status == TopUpStatus.PAID


# --- not paid ---


@pytest.mark.requirement("SK-61")
def test_a_refused_card_changes_nothing_and_another_may_pay(
    client: Client, learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    page = page_of(begin(learner))
    sandbox.pay(page, DECLINED)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert (the_top_up().status, LedgerTransaction.objects.count()) == (TopUpStatus.OPEN, 0)
    assert (page_of(begin(learner)), books_wrong()) == (page, [])
    sandbox.pay(page, ACCEPTED)
    payments.refresh(the_top_up())
    assert paid_once(learner, news)


def test_a_confirmation_given_up_expires_with_the_window(learner: User, sandbox: Sandbox, news: list[TopUp]) -> None:
    page = page_of(begin(learner))
    sandbox.pay(page, ASKS_CONFIRMATION)
    assert payments.refresh(the_top_up()).status == TopUpStatus.OPEN
    assert payments.sweep_payments(now=later(minutes=31)) == 1
    assert (the_top_up().status, news) == (TopUpStatus.EXPIRED, [])
    assert sandbox.store.get("checkout.session", page)["status"] == "expired"
    assert [row["status"] for row in sandbox.store.all("payment_intent")] == ["canceled"]
    assert (credit_left(learner), books_wrong()) == (0, [])


def test_money_paid_at_the_last_moment_counts_though_the_window_ended(
    learner: User, sandbox: Sandbox, news: list[TopUp]
) -> None:
    sandbox.pay(page_of(begin(learner)), ACCEPTED)
    assert payments.sweep_payments(now=later(minutes=31)) == 1
    assert paid_once(learner, news)


def test_a_window_without_a_page_ends_too(learner: User, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("POST /v1/checkout/sessions", FaultKind.NOT_REACHED, times=3))
    with pytest.raises(PaymentUnavailable):
        begin(learner)
    assert payments.sweep_payments(now=later(minutes=31)) == 1
    assert the_top_up().status == TopUpStatus.EXPIRED


def test_when_stripe_does_not_answer_the_sweep_tries_again(learner: User, sandbox: Sandbox) -> None:
    begin(learner)
    sandbox.faults.add(Fault("POST /v1/checkout/sessions", FaultKind.BROKEN, times=3))
    assert payments.sweep_payments(now=later(minutes=31)) == 0
    assert the_top_up().status == TopUpStatus.OPEN
    assert payments.sweep_payments(now=later(minutes=32)) == 1


def test_a_purpose_that_is_gone_closes_its_page(learner: User, sandbox: Sandbox) -> None:
    page = page_of(begin(learner))
    payments.close_for(reference=BOOKING)
    assert sandbox.store.get("checkout.session", page)["status"] == "expired"
    assert the_top_up().status == TopUpStatus.EXPIRED
    payments.close_for(reference=BOOKING)
