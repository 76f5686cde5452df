"""Stories of a worker that dies at a call to Stripe, before or after it is carried out, played in one process.

Workers killed for real, by a signal, are in test_payout_kills.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from billing.ledger import balance
from billing.ledger.accounts import available
from billing.models import Payout, Refund, StripeEvent
from billing.services import refunds, webhooks
from billing.states import PayoutStatus, RefundStatus
from bookings.models import Booking
from core import clock
from stripe_sandbox import Sandbox
from stripe_sandbox.sandbox import Request
from stripe_sandbox.store import Reply
from tests.billing.books import books_wrong
from tests.billing.stories import (
    DUE,
    PRICE,
    TRANSFERS,
    booking,
    check_paid_once,
    check_sent_once,
    mentor,
    payout,
    returned,
    skill,
    stripe_page,
    sweep,
)
from tests.stripe import ACCEPTED, deliver_all

__all__ = ["booking", "mentor", "payout", "returned", "skill", "stripe_page"]

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SK-61")]


class Killed(BaseException):
    """The end of a process: nothing of ours runs after it."""


@pytest.fixture
def kill(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Let the next worker die at a call, before or after Stripe carries it out."""
    real = sandbox.request

    def at(target: str, *, is_done: bool) -> None:
        def die(request: Request) -> Reply:
            if f"{request.method.upper()} {request.path}".startswith(target):
                monkeypatch.undo()
                if is_done:
                    real(request)
                raise Killed
            return real(request)

        monkeypatch.setattr(sandbox, "request", die)

    return at


def test_the_worker_is_killed_before_the_call(sandbox: Sandbox, payout: Payout, kill: Callable[..., Any]) -> None:
    kill(TRANSFERS, is_done=False)
    with pytest.raises(Killed):
        sweep(payout)
    assert sandbox.store.all("transfer") == []
    assert sweep(payout, after=DUE + timedelta(minutes=1)) == PayoutStatus.IN_FLIGHT
    sweep(payout, after=DUE + timedelta(minutes=11))
    check_sent_once(sandbox, payout)


def test_the_worker_is_killed_after_the_call(sandbox: Sandbox, payout: Payout, kill: Callable[..., Any]) -> None:
    kill(TRANSFERS, is_done=True)
    with pytest.raises(Killed):
        sweep(payout)
    assert len(sandbox.store.all("transfer")) == 1
    assert sweep(payout, after=DUE + timedelta(minutes=1)) == PayoutStatus.IN_FLIGHT
    sweep(payout, after=DUE + timedelta(minutes=11))
    check_sent_once(sandbox, payout)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_worker_is_killed_around_a_refund(
    sandbox: Sandbox, returned: Refund, kill: Callable[..., Any], moment: str
) -> None:
    kill("POST /v1/refunds", is_done=moment == "after")
    with pytest.raises(Killed):
        refunds.sweep_refunds()
    assert len(sandbox.store.all("refund")) == (moment == "after")
    refunds.sweep_refunds(now=clock.now() + timedelta(minutes=11))
    returned.refresh_from_db()
    assert returned.status == RefundStatus.SENT
    assert [row["amount"] for row in sandbox.store.all("refund")] == [PRICE]
    assert balance(available(returned.user)) == 0
    assert books_wrong() == []


def test_the_worker_is_killed_while_it_handles_a_webhook(
    client: Client, sandbox: Sandbox, booking: Booking, stripe_page: str, kill: Callable[..., Any]
) -> None:
    sandbox.pay(stripe_page, ACCEPTED)
    deliver_all(client, sandbox)
    kill("GET /v1/", is_done=True)
    with pytest.raises(Killed):
        webhooks.handle_due()
    webhooks.handle_due(now=clock.now() + webhooks.CLAIM)
    assert not StripeEvent.objects.filter(handled_at=None).exists()
    check_paid_once(sandbox, booking)
