"""The arithmetic of a settlement, on plain integers of cents. Vectors: tests/billing/test_rules.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.states import VatRegime
from core.money import price_cents, share, split_vat

# Due questions are asked within a minute.
LONG_DUE = timedelta(hours=1)


def is_long_due(since: datetime, now: datetime) -> bool:
    """Whether Stripe may have done it already although our rows say that nobody asked: as after an older backup."""
    return now - since >= LONG_DUE


@dataclass(frozen=True)
class Charge:
    """What a booking costs and how it is shared. The parts always add up to `total_cents`."""

    total_cents: int
    commission_cents: int
    # The mentor's own VAT inside the total (zero unless he is liable), which he remits himself.
    vat_cents: int
    # The platform's VAT inside the commission.
    commission_vat_cents: int
    # The standard rate both were computed with.
    vat_basis_points: int

    @property
    def net_cents(self) -> int:
        return self.total_cents - self.commission_cents

    @property
    def without_vat_cents(self) -> int:
        return self.total_cents - self.vat_cents

    @property
    def commission_without_vat_cents(self) -> int:
        return self.commission_cents - self.commission_vat_cents


def mentor_vat_basis_points(regime: str, standard_basis_points: int) -> int:
    return standard_basis_points if regime == VatRegime.REGISTERED else 0


def share_total(total_cents: int, *, commission_basis_points: int, vat_regime: str, vat_basis_points: int) -> Charge:
    """Share an amount: the commission is taken on the total, VAT included, and split the same way."""
    commission = share(total_cents, commission_basis_points)
    _, vat = split_vat(total_cents, mentor_vat_basis_points(vat_regime, vat_basis_points))
    _, commission_vat = split_vat(commission, vat_basis_points)
    return Charge(total_cents, commission, vat, commission_vat, vat_basis_points)


def compute_charge(
    *, rate_cents: int, seconds: int, commission_basis_points: int, vat_regime: str, vat_basis_points: int
) -> Charge:
    """Round once, on the total of billed seconds."""
    return share_total(
        price_cents(rate_cents, seconds),
        commission_basis_points=commission_basis_points,
        vat_regime=vat_regime,
        vat_basis_points=vat_basis_points,
    )


def difference(before: Charge, after: Charge) -> Charge:
    """What a correction moves: the difference of two full computations, never a split of the difference."""
    return Charge(
        before.total_cents - after.total_cents,
        before.commission_cents - after.commission_cents,
        before.vat_cents - after.vat_cents,
        before.commission_vat_cents - after.commission_vat_cents,
        before.vat_basis_points,
    )


NO_CHARGE = Charge(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Portion:
    """An amount of something identified: a card payment, an allocation."""

    id: int
    cents: int


def take_in_order(amount_cents: int, available: Iterable[Portion]) -> list[Portion]:
    """First in, first out: what to take from each to reach the amount. Short of it when there is not enough."""
    taken: list[Portion] = []
    missing = amount_cents
    for portion in available:
        cents = min(portion.cents, missing)
        if cents > 0:
            taken.append(Portion(portion.id, cents))
            missing -= cents
    return taken


def take_latest(amount_cents: int, available: Sequence[Portion]) -> list[Portion]:
    """Last in, first out: what is given back of a booking, or kept back from a payout. The oldest payments stay."""
    return take_in_order(amount_cents, reversed(available))


def payout_parts(net_cents: int, kept: Sequence[Portion]) -> list[Portion]:
    """Which card payment funds which part of the mentor's net; one payment gives one part (a transfer names it).

    The commission stays on the latest payments.
    """
    by_payment: dict[int, int] = {}
    for portion in kept:
        by_payment[portion.id] = by_payment.get(portion.id, 0) + portion.cents
    return take_in_order(net_cents, [Portion(payment, cents) for payment, cents in by_payment.items()])


# The least a card payment may be (Stripe, in euros).
CARD_MINIMUM_CENTS = 50


@dataclass(frozen=True)
class Quote:
    """How an amount is paid: credit first, the card for the rest."""

    total_cents: int
    credit_cents: int
    card_cents: int

    @property
    def left_over_cents(self) -> int:
        """What stays as credit when the missing part is below the least a card may pay."""
        return self.credit_cents + self.card_cents - self.total_cents


def quote_payment(total_cents: int, credit_cents: int) -> Quote:
    used = min(total_cents, credit_cents)
    missing = total_cents - used
    return Quote(total_cents, used, max(missing, CARD_MINIMUM_CENTS) if missing else 0)


def total(portions: Iterable[Portion]) -> int:
    return sum(portion.cents for portion in portions)
