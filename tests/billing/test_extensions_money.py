"""Money for an extension, while the session goes on: credit, then the saved card, then a page beside the room."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from billing.errors import AmountChanged, CreditFrozen, PaymentInDoubt, PaymentWindowClosed
from billing.models import Hold, LedgerTransaction, StripeCustomer, TopUp
from billing.services import payments, webhooks
from billing.services.holds import extend_hold, place_hold
from billing.services.payments import CreditSecured, Secured, secure_credit, start_payment
from billing.services.settlements import release_hold
from billing.signals import top_up_paid
from billing.states import TopUpOrigin, TopUpStatus
from core import clock
from notifications.models import Email
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left, make_member, pay_in
from tests.databases import in_threads
from tests.stripe import ACCEPTED, deliver_all, session_of

BOOKING = "booking:abc"
RETURN = "http://localhost:8000/salle/abc/"
ASKS_EACH_TIME = "4000002760003184"
DECLINED_LATER = "4000000000000341"
CHARGE = "POST /v1/payment_intents"


@pytest.fixture
def learner(db: None) -> User:
    return make_member()


def hold_session(sandbox: Sandbox, learner: User, *, card: str = ACCEPTED) -> None:
    """An hour paid by a card, which Stripe keeps, and blocked."""
    started = start_payment(
        payer=learner,
        reference=BOOKING,
        total_cents=6000,
        shown_cents=6000,
        label="Python",
        closes_at=later(minutes=30),
        return_url=RETURN,
    )
    page = session_of(started.checkout_url or "")
    if sandbox.pay(page, card)["status"] == "requires_action":
        sandbox.confirm(page, is_accepted=True)
    payments.refresh(TopUp.objects.get())
    place_hold(learner=learner, reference=BOOKING, amount_cents=6000)


def secure(learner: User, *, shown: int = 1500, number: int = 2, now: datetime | None = None) -> CreditSecured:
    return secure_credit(
        payer=learner,
        reference=BOOKING,
        hold_number=number,
        total_cents=1500,
        shown_cents=shown,
        label="Python",
        closes_at=later(minutes=10),
        return_url=RETURN,
        now=now,
    )


def later(**by: int) -> datetime:
    return clock.now() + timedelta(**by)


def extensions() -> list[TopUp]:
    return list(TopUp.objects.filter(hold_number=2).order_by("pk"))


def states() -> list[tuple[str, str]]:
    return [(top_up.origin, top_up.status) for top_up in extensions()]


def charges(sandbox: Sandbox) -> int:
    return len(sandbox.store.all("charge"))


def accept(learner: User) -> Hold:
    return extend_hold(learner=learner, reference=BOOKING, amount_cents=1500, number=2)


# --- credit first ---


@pytest.mark.requirement("SK-93", "K-3")
def test_credit_that_is_there_needs_no_card(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    pay_by_card(sandbox, learner, "booking:other", 1500)
    assert secure(learner, shown=0) == CreditSecured(Secured.READY)
    assert accept(learner).amount_cents == 1500
    assert (credit_left(learner), charges(sandbox), books_wrong()) == (0, 2, [])


@pytest.mark.requirement("SK-93", "K-3")
def test_the_saved_card_pays_what_is_missing_and_the_credit_is_there_for_the_acceptance(
    learner: User, sandbox: Sandbox
) -> None:
    hold_session(sandbox, learner)
    assert secure(learner) == CreditSecured(Secured.READY, 1500)
    paid = extensions()[0]
    assert (paid.origin, paid.status, paid.card) == (
        TopUpOrigin.SAVED_CARD,
        TopUpStatus.PAID,
        "Visa\u00a0••••\u00a04242",
    )
    assert credit_left(learner) == 1500
    assert Hold.objects.count() == 1
    assert accept(learner).number == 2
    assert "carte enregistrée" in Email.objects.get(kind="billing.credit_topped_up").body_text
    assert secure(learner) == CreditSecured(Secured.READY)
    assert (credit_left(learner), charges(sandbox), books_wrong()) == (0, 2, [])


def test_only_the_part_the_credit_does_not_cover_is_taken_from_the_card(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    pay_by_card(sandbox, learner, "booking:other", 1000)
    with pytest.raises(AmountChanged):
        secure(learner)
    assert (extensions(), charges(sandbox)) == ([], 2)
    assert secure(learner, shown=500) == CreditSecured(Secured.READY, 500)
    assert (credit_left(learner), books_wrong()) == (1500, [])


def test_pressing_twice_asks_the_card_once(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    secure(learner)
    assert secure(learner) == CreditSecured(Secured.READY)
    assert (charges(sandbox), credit_left(learner)) == (2, 1500)


def test_a_window_that_ended_is_refused(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    with pytest.raises(PaymentWindowClosed):
        secure(learner, now=later(minutes=11))
    assert extensions() == []


# --- a page beside the room ---


@pytest.mark.parametrize("card", [ASKS_EACH_TIME, DECLINED_LATER])
def test_a_bank_that_says_no_to_the_saved_card_opens_a_page(learner: User, sandbox: Sandbox, card: str) -> None:
    hold_session(sandbox, learner, card=card)
    secured = secure(learner)
    assert (secured.state, secured.card_cents) == (Secured.PAGE, 1500)
    assert states() == [("saved_card", "failed"), ("checkout", "open")]
    assert secure(learner) == secured
    sandbox.pay(session_of(secured.checkout_url), ACCEPTED)
    assert secure(learner) == CreditSecured(Secured.READY)
    assert states() == [("saved_card", "failed"), ("checkout", "paid")]
    assert accept(learner).amount_cents == 1500
    assert (credit_left(learner), charges(sandbox), books_wrong()) == (0, 2, [])


def test_without_a_saved_card_the_page_is_opened_at_once(learner: User, sandbox: Sandbox) -> None:
    pay_in(learner, 6000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6000)
    secured = secure(learner)
    assert (secured.state, states()) == (Secured.PAGE, [("checkout", "open")])
    sandbox.pay(session_of(secured.checkout_url), ACCEPTED)
    payments.sweep_payments(now=later(minutes=2))
    assert secure(learner, shown=0).state == Secured.READY
    assert StripeCustomer.objects.get(user=learner).payment_method_id.startswith("pm_")


def test_a_page_given_up_ends_with_its_window_and_costs_nothing(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner, card=ASKS_EACH_TIME)
    page = session_of(secure(learner).checkout_url)
    sandbox.pay(page, ASKS_EACH_TIME)
    assert payments.sweep_payments(now=later(minutes=11)) == 1
    assert states() == [("saved_card", "failed"), ("checkout", "expired")]
    assert sandbox.store.get("checkout.session", page)["status"] == "expired"
    assert (credit_left(learner), books_wrong()) == (0, [])


@pytest.mark.requirement("K-3")
def test_a_payment_that_comes_after_the_session_stays_credit(client: Client, learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner, card=DECLINED_LATER)
    page = session_of(secure(learner).checkout_url)
    sandbox.pay(page, ACCEPTED)
    release_hold(reference=BOOKING)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert states()[-1] == ("checkout", "paid")
    assert (credit_left(learner), Hold.objects.filter(status="placed").count(), books_wrong()) == (7500, 0, [])
    assert "prolonger" in Email.objects.get(kind="billing.credit_topped_up").subject


# --- in doubt ---


def lose_answer(sandbox: Sandbox, kind: FaultKind = FaultKind.LOST_ANSWER) -> None:
    sandbox.faults.add(Fault(CHARGE, kind, times=3))


def test_an_answer_lost_after_the_charge_is_looked_for_and_never_asked_again(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    lose_answer(sandbox)
    assert secure(learner) == CreditSecured(Secured.PENDING, 1500)
    assert (states(), credit_left(learner), charges(sandbox)) == ([("saved_card", "open")], 0, 2)
    assert secure(learner).state == Secured.READY
    assert (states(), credit_left(learner), charges(sandbox)) == ([("saved_card", "paid")], 1500, 2)
    assert books_wrong() == []


def test_nobody_presses_again_and_the_sweep_finds_the_charge(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    lose_answer(sandbox)
    secure(learner)
    assert payments.sweep_payments(now=later(minutes=2)) == 1
    assert (states(), credit_left(learner), charges(sandbox)) == ([("saved_card", "paid")], 1500, 2)
    assert books_wrong() == []


def test_the_webhook_alone_brings_a_charge_whose_answer_was_lost(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    hold_session(sandbox, learner)
    sandbox.outbox.clear()
    lose_answer(sandbox)
    secure(learner)
    for event in [*sandbox.outbox, *sandbox.outbox]:
        sandbox.outbox = [event]
        deliver_all(client, sandbox)
        webhooks.handle_due()
    assert (states(), credit_left(learner), charges(sandbox)) == ([("saved_card", "paid")], 1500, 2)
    assert books_wrong() == []


def test_a_question_that_never_arrived_is_given_up_after_a_while_and_may_be_asked_anew(
    learner: User, sandbox: Sandbox
) -> None:
    hold_session(sandbox, learner)
    lose_answer(sandbox, FaultKind.NOT_REACHED)
    assert secure(learner).state == Secured.PENDING
    assert secure(learner).state == Secured.PENDING
    assert payments.sweep_payments(now=later(minutes=2)) == 0
    assert payments.sweep_payments(now=later(minutes=6)) == 1
    assert states() == [("saved_card", "failed")]
    assert secure(learner).state == Secured.READY
    assert (charges(sandbox), credit_left(learner), books_wrong()) == (2, 1500, [])


def test_a_stripe_that_is_down_leaves_the_doubt_for_later(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    lose_answer(sandbox)
    secure(learner)
    sandbox.faults.add(Fault("GET /v1/payment_intents", FaultKind.BROKEN, times=3))
    assert payments.sweep_payments(now=later(minutes=20)) == 0
    assert states() == [("saved_card", "open")]
    assert payments.sweep_payments(now=later(minutes=21)) == 1
    assert (credit_left(learner), books_wrong()) == (1500, [])


def test_while_the_saved_card_is_in_doubt_no_page_is_opened(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    lose_answer(sandbox, FaultKind.NOT_REACHED)
    secure(learner)
    with pytest.raises(PaymentInDoubt):
        start_payment(
            payer=learner,
            reference=BOOKING,
            hold_number=2,
            total_cents=1500,
            shown_cents=1500,
            label="Python",
            closes_at=later(minutes=10),
            return_url=RETURN,
        )
    payments.close_for(reference=BOOKING)
    assert states() == [("saved_card", "open")]


def test_a_worker_that_dies_between_the_charge_and_our_row_loses_nothing(learner: User, sandbox: Sandbox) -> None:
    def die(**_extra: Any) -> None:
        raise RuntimeError("killed")

    hold_session(sandbox, learner)
    top_up_paid.connect(die)
    with pytest.raises(RuntimeError):
        secure(learner)
    top_up_paid.disconnect(die)
    assert (states(), charges(sandbox), credit_left(learner)) == ([("saved_card", "open")], 2, 0)
    assert payments.sweep_payments(now=later(minutes=2)) == 1
    assert (states(), charges(sandbox), credit_left(learner)) == ([("saved_card", "paid")], 2, 1500)
    assert LedgerTransaction.objects.filter(kind="topup").count() == 2
    assert books_wrong() == []


# --- frozen ---


def test_a_frozen_credit_extends_nothing(learner: User, sandbox: Sandbox) -> None:
    hold_session(sandbox, learner)
    sandbox.open_dispute(TopUp.objects.get().charge_id)
    assert books_wrong() == []
    with pytest.raises(CreditFrozen):
        secure(learner)
    with pytest.raises(CreditFrozen):
        accept(learner)
    assert (extensions(), Hold.objects.count()) == ([], 1)


# --- at once ---


@pytest.fixture
def committed(cloned_database: str, sandbox: Sandbox) -> User:
    learner = make_member()
    hold_session(sandbox, learner)
    return learner


def test_pressing_from_several_tabs_at_once_charges_once(committed: User, sandbox: Sandbox) -> None:
    found = in_threads(*[lambda: secure(committed)] * 6)
    kinds = Counter(result.state if isinstance(result, CreditSecured) else type(result) for result in found)
    assert kinds[Secured.READY] >= 1
    # The others came while it was asked, or found it paid.
    assert set(kinds) <= {Secured.READY, Secured.PENDING}, kinds
    assert (charges(sandbox), credit_left(committed), books_wrong()) == (2, 1500, [])
