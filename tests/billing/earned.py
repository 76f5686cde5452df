"""A session that was paid by card and settled: what a payout starts from. All through services and Stripe's page."""

from datetime import datetime, timedelta
from itertools import count

from accounts.models import User
from billing.models import ConnectedAccount, Payout, TopUp
from billing.services import onboarding, payments, payouts
from billing.services.holds import place_hold
from billing.services.payments import start_payment
from billing.services.settlements import settle
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.money import make_member, make_terms
from tests.stripe import ACCEPTED, session_of

DUE = timedelta(hours=48)
_numbers = count(1)


def pay_by_card(sandbox: Sandbox, learner: User, reference: str, cents: int, *, card: str = ACCEPTED) -> TopUp:
    now = clock.now()
    started = start_payment(
        payer=learner,
        reference=reference,
        total_cents=cents + payments.quote(payer=learner, total_cents=10**9).credit_cents,
        shown_cents=cents,
        label="Python",
        closes_at=now + timedelta(minutes=30),
        return_url="http://localhost:8000/retour/",
        now=now,
    )
    assert started.checkout_url
    sandbox.pay(session_of(started.checkout_url), card)
    return payments.refresh(TopUp.objects.get(purpose=reference, status="open"))


def activate(sandbox: Sandbox, mentor: User) -> ConnectedAccount:
    account = onboarding.get_or_create_account(user=mentor)
    sandbox.settle_account(account.stripe_id)
    return onboarding.refresh_account(account=account)


def earn(
    sandbox: Sandbox,
    mentor: User,
    *,
    learner: User | None = None,
    cents: int = 6000,
    seconds: int = 3600,
    at: datetime | None = None,
) -> Payout:
    """One hour held, `seconds` of it given by `mentor` and settled `at` (now): its payout, due 48 hours later."""
    learner = learner or make_member()
    reference = f"booking:earned{next(_numbers)}"
    pay_by_card(sandbox, learner, reference, cents)
    place_hold(learner=learner, reference=reference, amount_cents=6000)
    settle(terms=make_terms(reference, learner, mentor, seconds=seconds), now=at)
    return Payout.objects.get(settlement__reference=reference)


def earn_in_two(sandbox: Sandbox, mentor: User, *, at: datetime | None = None) -> Payout:
    """One hour paid by two cards: its net of 48 € leaves in parts of 25 and 23 €."""
    learner = make_member()
    pay_by_card(sandbox, learner, f"booking:earlier{next(_numbers)}", 2500)
    return earn(sandbox, mentor, learner=learner, cents=3500, at=at)


def sweep(payout: Payout, *, after: timedelta = DUE) -> Payout:
    """Run the sweep some time after the session's end; the payout as it is then."""
    payouts.sweep_payouts(now=payout.settlement.settled_at + after)
    payout.refresh_from_db()
    return payout


def transfers(sandbox: Sandbox) -> list[int]:
    """What each transfer at Stripe still holds, the latest first."""
    return [row["amount"] - row["amount_reversed"] for row in sandbox.store.all("transfer")]
