"""Stories of a payment: its messengers come early, late, twice, backwards or never; cards decline, banks ask."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from billing.models import Hold, LedgerTransaction, StripeEvent, TopUp
from billing.services import payments, webhooks
from billing.states import TopUpStatus
from bookings import services
from bookings.models import Booking
from bookings.states import Status
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.errors import Refusal
from tests.billing.books import books_wrong
from tests.billing.stories import (
    EVERY_EVENT,
    booking,
    check_paid_once,
    deliver_and_handle,
    mentor,
    skill,
    state_of,
    stripe_page,
)
from tests.bookings.making import url
from tests.stripe import ACCEPTED, ASKS_CONFIRMATION, DECLINED, deliver

__all__ = ["booking", "mentor", "skill", "stripe_page"]

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SK-61")]


def come_back(client: Client, booking: Booking) -> HttpResponse:
    """The browser, sent back by Stripe."""
    return client.get(url(booking, "payment_return"))  # type: ignore[return-value]


def check_nothing_paid(booking: Booking) -> None:
    assert not LedgerTransaction.objects.exists()
    assert not Hold.objects.exists()
    assert books_wrong() == []


def test_the_webhook_comes_before_the_redirect(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    assert state_of(booking) == Status.CONFIRMED
    assert come_back(client, booking)["Location"] == booking.get_absolute_url()
    check_paid_once(sandbox, booking)


def test_the_redirect_comes_before_the_webhook(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    assert come_back(client, booking)["Location"] == booking.get_absolute_url()
    assert state_of(booking) == Status.CONFIRMED
    deliver_and_handle(client, sandbox)
    check_paid_once(sandbox, booking)


def test_no_webhook_comes_at_all_and_the_browser_is_closed(
    sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.faults.add(Fault(EVERY_EVENT, FaultKind.NEVER, times=99))
    sandbox.pay(stripe_page, ACCEPTED)
    assert sandbox.outbox == []
    assert state_of(booking) == Status.ACCEPTED
    assert payments.sweep_payments(now=clock.now() + timedelta(minutes=2)) == 1
    check_paid_once(sandbox, booking)


def test_every_webhook_comes_twice(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> None:
    sandbox.faults.add(Fault(EVERY_EVENT, FaultKind.TWICE, times=99))
    sandbox.pay(stripe_page, ACCEPTED)
    events = list(sandbox.outbox)
    deliver_and_handle(client, sandbox)
    for event in events:
        assert deliver(client, event) == 200
    assert webhooks.handle_due() == 0
    assert len(events) == 2 * StripeEvent.objects.count()
    check_paid_once(sandbox, booking)


def test_the_webhooks_come_out_of_order(client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str) -> None:
    sandbox.pay(stripe_page, DECLINED)
    sandbox.pay(stripe_page, ACCEPTED)
    types = [event.type for event in sandbox.outbox]
    assert types.index("payment_intent.payment_failed") < types.index("payment_intent.succeeded")
    sandbox.outbox.reverse()
    for event in sandbox.outbox:
        assert deliver(client, event) == 200
        webhooks.handle_due()
    check_paid_once(sandbox, booking)


def test_the_card_is_declined_and_another_one_pays(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, DECLINED)
    deliver_and_handle(client, sandbox)
    # Stripe's page is still open: another card may be tried there.
    assert come_back(client, booking).status_code == 200
    assert state_of(booking) == Status.ACCEPTED
    check_nothing_paid(booking)
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    check_paid_once(sandbox, booking)


def test_the_card_is_declined_and_the_window_closes(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, DECLINED)
    let_the_window_close(booking)
    assert state_of(booking) == Status.PAYMENT_LAPSED
    assert TopUp.objects.get().status == TopUpStatus.EXPIRED
    with pytest.raises(Refusal):
        sandbox.pay(stripe_page, ACCEPTED)
    deliver_and_handle(client, sandbox)
    assert come_back(client, booking)["Location"] == url(booking, "payment")
    check_nothing_paid(booking)


def let_the_window_close(booking: Booking) -> None:
    assert booking.pay_before
    assert services.lapse_payment(booking_id=booking.pk, now=booking.pay_before)
    payments.sweep_payments(now=booking.pay_before)


def test_the_question_of_the_bank_is_never_answered(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str
) -> None:
    sandbox.pay(stripe_page, ASKS_CONFIRMATION)
    deliver_and_handle(client, sandbox)
    assert come_back(client, booking).status_code == 200
    assert payments.sweep_payments(now=clock.now() + timedelta(minutes=5)) == 0
    assert state_of(booking) == Status.ACCEPTED
    let_the_window_close(booking)
    assert state_of(booking) == Status.PAYMENT_LAPSED
    with pytest.raises(Refusal):
        sandbox.confirm(stripe_page, is_accepted=True)
    deliver_and_handle(client, sandbox)
    assert sandbox.store.all("charge") == []
    check_nothing_paid(booking)
