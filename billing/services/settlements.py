"""The end of a booking's money: the charged part goes to the mentor and the platform, the rest back to the credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from billing.errors import ChargeAboveHold, NothingHeld
from billing.invoices import register
from billing.ledger import Leg, credit, debit, lock_account, post
from billing.ledger.accounts import COMMISSION, VAT, available, held, pending
from billing.models import Hold, Payout, PayoutPart, Settlement
from billing.rules import NO_CHARGE, Charge, Portion, compute_charge, payout_parts
from billing.services import funding, holds
from billing.services.invoices import issue_invoice
from billing.states import HoldStatus
from core import clock, values


@dataclass(frozen=True, kw_only=True)
class SettlementTerms:
    """What was agreed (copied onto the booking when it was requested) and what was really given."""

    reference: str
    learner: User
    mentor: User | None
    label: str = ""
    rate_cents: int = 0
    commission_basis_points: int = 0
    vat_regime: str = ""
    billed_seconds: int = 0
    service_started_at: datetime | None = None
    service_ended_at: datetime | None = None
    time_zone: str = "Europe/Paris"

    def __post_init__(self) -> None:
        if self.billed_seconds and self.mentor is None:
            raise ValueError("A charge needs a mentor.")


def settle(*, terms: SettlementTerms, now: datetime | None = None) -> Settlement:
    """Share the blocked amount of a booking, once: a repeat returns the first settlement.

    Raises NothingHeld, ChargeAboveHold, and CannotInvoice when the mentor's profile or mandate is missing.
    """
    charge = compute_charge(
        rate_cents=terms.rate_cents,
        seconds=terms.billed_seconds,
        commission_basis_points=terms.commission_basis_points,
        vat_regime=terms.vat_regime,
        vat_basis_points=values.value("vat_basis_points"),
    )
    return _settle(terms, charge, now or clock.now())


def release_hold(*, reference: str, now: datetime | None = None) -> Settlement | None:
    """Give everything back (canceled, not held). None when nothing was ever blocked."""
    hold = Hold.objects.filter(reference=reference).select_related("learner").first()
    if hold is None:
        return None
    terms = SettlementTerms(reference=reference, learner=hold.learner, mentor=None)
    return _settle(terms, NO_CHARGE, now or clock.now())


@transaction.atomic
def _settle(terms: SettlementTerms, charge: Charge, now: datetime) -> Settlement:
    counter = register.lock_counter(terms.mentor, now) if terms.mentor and charge.total_cents else None
    lock_account(available(terms.learner))
    if settled := Settlement.objects.filter(reference=terms.reference).first():
        return settled
    placed = list(Hold.objects.select_for_update().filter(reference=terms.reference, status=HoldStatus.PLACED))
    held_cents = sum(hold.amount_cents for hold in placed)
    _check(charge, held_cents)
    settlement = _record(terms, charge, held_cents, now)
    holds.close_holds(placed)
    post(
        key=f"settle:{terms.reference}",
        kind="settle",
        legs=_legs(terms, charge, held_cents),
        reference=terms.reference,
        occurred_at=now,
    )
    kept = funding.release(placed, held_cents - charge.total_cents)
    _schedule_payout(settlement, kept)
    if counter:
        issue_invoice(settlement=settlement, counter=counter, paid_at=funding.last_payment(kept) or now)
    return settlement


def _check(charge: Charge, held_cents: int) -> None:
    if not held_cents:
        raise NothingHeld
    if charge.total_cents > held_cents:
        raise ChargeAboveHold


def _record(terms: SettlementTerms, charge: Charge, held_cents: int, now: datetime) -> Settlement:
    return Settlement.objects.create(
        reference=terms.reference,
        learner=terms.learner,
        mentor=terms.mentor,
        label=terms.label,
        rate_cents=terms.rate_cents,
        billed_seconds=terms.billed_seconds,
        held_cents=held_cents,
        charged_cents=charge.total_cents,
        commission_cents=charge.commission_cents,
        commission_vat_cents=charge.commission_vat_cents,
        commission_basis_points=terms.commission_basis_points,
        vat_regime=terms.vat_regime,
        vat_basis_points=charge.vat_basis_points,
        vat_cents=charge.vat_cents,
        service_started_at=terms.service_started_at,
        service_ended_at=terms.service_ended_at,
        time_zone=terms.time_zone,
        settled_at=now,
    )


def _legs(terms: SettlementTerms, charge: Charge, held_cents: int) -> list[Leg]:
    legs = [
        debit(held(terms.learner, terms.reference), held_cents),
        credit(COMMISSION, charge.commission_without_vat_cents),
        credit(VAT, charge.commission_vat_cents),
        credit(available(terms.learner), held_cents - charge.total_cents),
    ]
    if terms.mentor:
        legs.append(credit(pending(terms.mentor), charge.net_cents))
    return legs


def _schedule_payout(settlement: Settlement, kept: Sequence[Portion]) -> None:
    """The mentor's net leaves 48 hours after the close, in one part per card payment that funds it."""
    if settlement.mentor is None or not settlement.net_cents:
        return
    due_at = settlement.settled_at + values.hours("payout_delay_hours")
    payout = Payout.objects.create(
        settlement=settlement,
        mentor=settlement.mentor,
        amount_cents=settlement.net_cents,
        due_at=due_at,
        next_attempt_at=due_at,
    )
    PayoutPart.objects.bulk_create(
        PayoutPart(payout=payout, top_up_id=portion.id, amount_cents=portion.cents)
        for portion in payout_parts(settlement.net_cents, kept)
    )
