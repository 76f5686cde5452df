"""Stories of a payout: the mentor's account is restricted, the answer of Stripe is lost."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import pending
from billing.models import Payout
from billing.states import PayoutStatus
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.stories import (
    DUE,
    NET,
    TRANSFERS,
    booking,
    check_sent_once,
    deliver_and_handle,
    mentor,
    payout,
    skill,
    stripe_page,
    sweep,
)

__all__ = ["booking", "mentor", "payout", "skill", "stripe_page"]

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SK-61")]


def test_the_account_is_restricted_between_session_and_payout(
    client: Client, sandbox: Sandbox, mentor: User, payout: Payout
) -> None:
    sandbox.restrict_account(mentor.connected_account.stripe_id)
    deliver_and_handle(client, sandbox)
    assert sweep(payout) == PayoutStatus.SCHEDULED
    assert sandbox.store.all("transfer") == []
    assert balance(pending(mentor)) == NET
    assert books_wrong() == []
    sandbox.settle_account(mentor.connected_account.stripe_id)
    deliver_and_handle(client, sandbox)
    sweep(payout, after=DUE + timedelta(hours=1))
    check_sent_once(sandbox, payout)


def test_the_answer_is_lost_after_a_transfer(sandbox: Sandbox, payout: Payout) -> None:
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout) == PayoutStatus.IN_FLIGHT
    assert len(sandbox.store.all("transfer")) == 1
    # A day later Stripe has forgotten the key: the transfer is looked for.
    sandbox.store.forget_answers()
    sweep(payout, after=DUE + timedelta(minutes=11))
    check_sent_once(sandbox, payout)
