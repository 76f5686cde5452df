"""The end of a booking's money: the charged part goes to the mentor and the platform, the rest back to the credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from billing.errors import ChargeAboveHold, NothingHeld
from billing.invoices import register
from billing.ledger import Leg, credit, debit, lock_account, post
from billing.ledger.accounts import COMMISSION, VAT, available, held, pending
from billing.models import Hold, Payout, PayoutPart, Settlement
from billing.rules import NO_CHARGE, Charge, payout_parts, share_total
from billing.services import debts, funding, holds, payout_news, suspensions
from billing.services.funding import Funding
from billing.services.invoices import issue_invoice
from billing.states import HoldStatus, PayoutStatus
from core import clock, values
from core.money import price_cents


@dataclass(frozen=True, kw_only=True)
class SettlementTerms:
    """What was agreed (copied onto the booking when it was requested) and what is charged.

    Charged are seconds at the agreed rate: the metered ones, or the planned ones of a learner who did not come
    (SK-106). `agreed_cents` is an amount decided instead (« partage » of a session that was not held).
    """

    reference: str
    learner: User
    mentor: User | None
    label: str = ""
    rate_cents: int = 0
    commission_basis_points: int = 0
    vat_regime: str = ""
    # The standard rate of that day; without it, the one of today.
    vat_basis_points: int | None = None
    billed_seconds: int = 0
    agreed_cents: int | None = None
    service_started_at: datetime | None = None
    service_ended_at: datetime | None = None
    time_zone: str = "Europe/Paris"

    def __post_init__(self) -> None:
        if self.agreed_cents is not None and (self.agreed_cents < 0 or self.billed_seconds):
            raise ValueError("Either seconds or an amount is charged, never less than nothing.")
        if self.total_cents and self.mentor is None:
            raise ValueError("A charge needs a mentor.")

    @property
    def total_cents(self) -> int:
        if self.agreed_cents is not None:
            return self.agreed_cents
        return price_cents(self.rate_cents, self.billed_seconds)


def settle(*, terms: SettlementTerms, now: datetime | None = None) -> Settlement:
    """Share the blocked amount of a booking, once: a repeat returns the first settlement.

    Raises NothingHeld, ChargeAboveHold, and CannotInvoice when the mentor's profile or mandate is missing.
    """
    moment = now or clock.now()
    current = values.several("vat_basis_points", "payout_delay_hours", at=moment)
    agreed = terms.vat_basis_points
    charge = share_total(
        terms.total_cents,
        commission_basis_points=terms.commission_basis_points,
        vat_regime=terms.vat_regime,
        vat_basis_points=current["vat_basis_points"] if agreed is None else agreed,
    )
    return _settle(terms, charge, moment, timedelta(hours=current["payout_delay_hours"]))


def release_hold(*, reference: str, now: datetime | None = None) -> Settlement | None:
    """Give everything back (canceled, not held). None when nothing was ever blocked."""
    hold = Hold.objects.filter(reference=reference).select_related("learner").first()
    if hold is None:
        return None
    terms = SettlementTerms(reference=reference, learner=hold.learner, mentor=None)
    return _settle(terms, NO_CHARGE, now or clock.now(), timedelta())


@transaction.atomic
def _settle(terms: SettlementTerms, charge: Charge, now: datetime, delay: timedelta) -> Settlement:
    counter = register.lock_counter(terms.mentor, now) if terms.mentor and charge.total_cents else None
    lock_account(available(terms.learner))
    placed = list(Hold.objects.select_for_update().filter(reference=terms.reference, status=HoldStatus.PLACED))
    if not placed:
        return _settled_before(terms.reference)
    held_cents = sum(hold.amount_cents for hold in placed)
    if charge.total_cents > held_cents:
        raise ChargeAboveHold
    settlement = _record(terms, charge, held_cents, now)
    holds.close_holds(placed)
    backing = funding.release(placed, settlement.released_cents)
    _schedule_payout(settlement, backing, now + delay)
    if counter:
        issue_invoice(settlement=settlement, counter=counter, paid_at=backing.last_payment or now)
    # The accounts last: a mentor's other settlements wait for this one as shortly as possible.
    post(
        key=f"settle:{terms.reference}",
        kind="settle",
        legs=_legs(terms, charge, held_cents),
        reference=terms.reference,
        occurred_at=now,
    )
    if settlement.released_cents:
        debts.collect(learner=terms.learner, key=f"settle:{terms.reference}", now=now)
    return settlement


def _settled_before(reference: str) -> Settlement:
    settled = Settlement.objects.filter(reference=reference).first()
    if settled is None:
        raise NothingHeld
    return settled


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


def _schedule_payout(settlement: Settlement, backing: Funding, due_at: datetime) -> None:
    """The mentor's net leaves 48 hours after the close, in one part per card payment that funds it."""
    if settlement.mentor is None or not settlement.net_cents:
        return
    parts = payout_parts(settlement.net_cents, backing.kept)
    disputed = {part.id for part in parts} & set(backing.disputed)
    causes = suspensions.dispute_causes(disputed) if disputed else []
    payout = Payout.objects.create(
        settlement=settlement,
        mentor=settlement.mentor,
        amount_cents=settlement.net_cents,
        due_at=due_at,
        next_attempt_at=due_at,
        status=PayoutStatus.SUSPENDED if causes else PayoutStatus.SCHEDULED,
    )
    without_card = backing.without_card
    PayoutPart.objects.bulk_create(
        PayoutPart(payout=payout, top_up_id=part.id, amount_cents=part.cents, is_from_balance=part.id in without_card)
        for part in parts
    )
    if causes:
        _say_why_it_waits(payout, causes, settlement.settled_at)


def _say_why_it_waits(payout: Payout, causes: Sequence[str], now: datetime) -> None:
    suspensions.note_causes(payout, causes, now)
    payout_news.tell_suspended(payout, cause=causes[0], now=now)
