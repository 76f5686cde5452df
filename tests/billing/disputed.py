"""A learner, a mentor and a card payment its bank disputes: read from Stripe, lost, told, with payouts that wait."""

from datetime import timedelta

import pytest

from accounts.models import User
from billing.gateway import get_gateway
from billing.models import Dispute, Payout, TopUp
from billing.services import disputes, payouts
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import DisputeStatus, PayoutStatus
from notifications.models import Notice
from stripe_sandbox import Sandbox
from tests.billing.earned import activate, pay_by_card
from tests.billing.money import make_member, make_mentor, make_terms

FEE = 2_000
DUE = timedelta(hours=48)


@pytest.fixture
def learner() -> User:
    return make_member()


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


@pytest.fixture
def top_up(sandbox: Sandbox, learner: User) -> TopUp:
    """A hundred euros, nothing of them used."""
    return pay_by_card(sandbox, learner, "booking:first", 10_000)


def give_session(learner: User, mentor: User, reference: str) -> Payout:
    """An hour at 60 €, from the learner's credit."""
    place_hold(learner=learner, reference=reference, amount_cents=6_000)
    settle(terms=make_terms(reference, learner, mentor))
    return Payout.objects.get(settlement__reference=reference)


def read(dispute_id: str) -> Dispute:
    return disputes.apply_dispute(get_gateway().retrieve_dispute(dispute_id))


def sweep(payout: Payout, *, after: timedelta = DUE) -> PayoutStatus:
    payouts.sweep_payouts(now=payout.settlement.settled_at + after)
    payout.refresh_from_db()
    return PayoutStatus(payout.status)


def kinds_told(learner: User) -> list[str]:
    return list(Notice.objects.filter(recipient=learner, kind__contains="dispute").values_list("kind", flat=True))


def lose(sandbox: Sandbox, top_up: TopUp, *, amount: int | None = None) -> str:
    dispute_id = sandbox.open_dispute(top_up.charge_id, amount=amount)
    sandbox.lose_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.LOST
    return dispute_id
