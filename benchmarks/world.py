"""Members whose bookings are paid and blocked, ready to be settled. All through the product's own services."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from django.db import transaction

from accounts.models import User
from billing.ledger import Leg, credit, debit, post
from billing.ledger.accounts import COMMISSION, STRIPE, VAT, available, held, pending
from billing.models import BillingMandate, BillingProfile, TopUp
from billing.rules import share_total
from billing.services.holds import place_hold
from billing.services.settlements import SettlementTerms
from billing.states import TopUpStatus, VatRegime
from core import clock

HELD_CENTS = 75_00
RATE_CENTS = 60_00
LEGS = 5
# 47 of 75 minutes: one part is charged, the rest released, as the product's own example goes.
BILLED = timedelta(minutes=47)


def make_learners(count: int) -> list[User]:
    return User.objects.bulk_create(
        User(email=f"learner-{number}@bench.invalid", first_name="Léa", last_name=f"Martin {number}")
        for number in range(count)
    )


def make_mentors(count: int) -> list[User]:
    """Members in whose name invoices may be issued."""
    mentors = User.objects.bulk_create(
        User(email=f"mentor-{number}@bench.invalid", first_name="Inès", last_name=f"Haddad {number}")
        for number in range(count)
    )
    BillingProfile.objects.bulk_create(_profile(mentor) for mentor in mentors)
    BillingMandate.objects.bulk_create(
        BillingMandate(user=mentor, version="2026-01", text_sha256="0" * 64, accepted_at=clock.now())
        for mentor in mentors
    )
    return mentors


def _profile(mentor: User) -> BillingProfile:
    return BillingProfile(
        user=mentor,
        business_name=f"{mentor.get_full_name()} EI",
        address="14 rue des Tilleuls",
        postcode="44000",
        city="Nantes",
        siren="123456782",
        vat_regime=VatRegime.REGISTERED,
        vat_number="FR11123456782",
    )


def make_terms(number: int, learners: Sequence[User], mentors: Sequence[User]) -> SettlementTerms:
    """What the bookings app hands over when the session `number` closes."""
    ended = clock.now()
    return SettlementTerms(
        reference=f"booking:bench{number}",
        learner=learners[number % len(learners)],
        mentor=mentors[number % len(mentors)],
        label="Lire un jeu de données avec pandas",
        rate_cents=RATE_CENTS,
        commission_basis_points=2000,
        vat_regime=VatRegime.REGISTERED,
        billed_seconds=int(BILLED.total_seconds()),
        service_started_at=ended - BILLED,
        service_ended_at=ended,
    )


def make_legs(terms: SettlementTerms) -> list[Leg]:
    """What a settlement of these bookings moves."""
    charge = share_total(
        terms.total_cents,
        commission_basis_points=terms.commission_basis_points,
        vat_regime=terms.vat_regime,
        vat_basis_points=2000,
    )
    return [
        debit(held(terms.learner, terms.reference), HELD_CENTS),
        credit(COMMISSION, charge.commission_without_vat_cents),
        credit(VAT, charge.commission_vat_cents),
        credit(pending(cast(User, terms.mentor)), charge.net_cents),
        credit(available(terms.learner), HELD_CENTS - charge.total_cents),
    ]


@transaction.atomic
def pay_and_hold(bookings: Sequence[SettlementTerms]) -> None:
    for terms in bookings:
        _pay(terms)
        place_hold(learner=terms.learner, reference=terms.reference, amount_cents=HELD_CENTS)


def _pay(terms: SettlementTerms) -> None:
    now = clock.now()
    name = terms.reference.removeprefix("booking:")
    TopUp.objects.create(
        user=terms.learner,
        purpose=terms.reference,
        amount_cents=HELD_CENTS,
        status=TopUpStatus.PAID,
        expires_at=now + timedelta(minutes=30),
        paid_at=now,
        payment_intent_id=f"pi_{name}",
        charge_id=f"ch_{name}",
    )
    post(
        key=f"topup:pi_{name}",
        kind="topup",
        legs=[debit(STRIPE, HELD_CENTS), credit(available(terms.learner), HELD_CENTS)],
        reference=terms.reference,
        occurred_at=now,
    )
