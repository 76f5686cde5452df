"""Who takes part: made once per test, before its histories, each of which begins with the same past."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from billing.models import StripeCustomer
from billing.services.holds import place_hold
from billing.services.movements import read_movements
from billing.services.payouts import sweep_payouts
from billing.services.settlements import settle
from billing.states import VatRegime
from core import clock
from tests.billing.earned import activate, pay_by_card
from tests.billing.machine.bank import Bank
from tests.billing.machine.model import Booking, Model
from tests.billing.money import make_member, make_mentor, make_terms

OWN_CENTS = 10_000_00
FIRST_CENTS = 150_00
HELD_CENTS = 31_00
LONG_AGO = timedelta(days=3)
REGIMES = (VatRegime.REGISTERED, VatRegime.FRANCHISE)


@dataclass(frozen=True)
class Cast:
    learners: list[User]
    mentors: list[User]
    staff: list[User]
    # Their names at Stripe, in the same order.
    customers: list[str]
    accounts: list[str]


@dataclass(frozen=True)
class Past:
    """What every history of a test begins with."""

    cast: Cast
    bank: Bank
    model: Model


def make_past(bank: Bank) -> Past:
    cast = _make_cast(bank)
    model = Model()
    for place in (0, 1):
        model.bookings += [_give(cast, place, LONG_AGO), _give(cast, place, timedelta()), _hold(cast, place)]
    sweep_payouts()
    read_movements()
    bank.outbox.clear()
    return Past(cast, bank, model)


def _hold(cast: Cast, place: int) -> Booking:
    booking = Booking(f"booking:held{place}", place, 1 - place, held=HELD_CENTS, holds=1)
    place_hold(learner=cast.learners[place], reference=booking.reference, amount_cents=HELD_CENTS)
    return booking


def _give(cast: Cast, place: int, ago: timedelta) -> Booking:
    """A session that took place; its mentor is paid, or will be in two days."""
    reference = f"booking:given{place}-{ago.days}"
    learner, mentor = cast.learners[place], cast.mentors[place]
    place_hold(learner=learner, reference=reference, amount_cents=HELD_CENTS)
    terms = make_terms(reference, learner, mentor, rate_cents=HELD_CENTS, regime=REGIMES[place])
    settle(terms=terms, now=clock.now() - ago)
    return Booking(reference, place, place, holds=1, is_settled=True, charged=HELD_CENTS)


def _make_cast(bank: Bank) -> Cast:
    """Two learners who paid by card before, two mentors with an active account, two people of the team."""
    learners = [make_member("Léa"), make_member("Karim")]
    mentors = [make_mentor(regime=regime) for regime in REGIMES]
    bank.pay_in_own_money(OWN_CENTS)
    for learner in learners:
        pay_by_card(bank, learner, f"booking:first{learner.pk}", FIRST_CENTS)
    accounts = [activate(bank, mentor).stripe_id for mentor in mentors]
    names = dict(StripeCustomer.objects.values_list("user_id", "stripe_id"))
    staff = [make_member("Aïcha"), make_member("Paul")]
    return Cast(learners, mentors, staff, [names[learner.pk] for learner in learners], accounts)
