"""Settled bookings, and made cheaper, as rows and entries alone: what documents start from."""

from datetime import datetime, timedelta
from itertools import count

from accounts.models import User
from billing.ledger import credit, debit, post
from billing.ledger.accounts import COMMISSION, VAT, available, pending
from billing.models import Adjustment, Settlement
from billing.rules import mentor_vat_basis_points
from billing.services.holds import place_hold
from billing.services.settlements import settle
from core.money import share, split_vat
from tests.billing.money import make_terms, pay_in

_numbers = count(1)


def make_settlement(
    learner: User, mentor: User, *, at: datetime, rate_cents: int = 4_700, seconds: int = 3_600
) -> Settlement:
    """An hour at 47,00 €, paid the day before."""
    reference = f"booking:given{next(_numbers)}"
    before = at - timedelta(days=1)
    pay_in(learner, rate_cents, at=before)
    place_hold(learner=learner, reference=reference, amount_cents=rate_cents, now=before)
    regime = mentor.billing_profile.vat_regime
    terms = make_terms(reference, learner, mentor, rate_cents=rate_cents, seconds=seconds, regime=regime)
    return settle(terms=terms, now=at)


def make_adjustment(settlement: Settlement, cents: int, *, at: datetime, reason: str = "Son coupé") -> Adjustment:
    """The difference of two full computations, on the ledger too."""
    before = settlement.charged_cents - sum(row.amount_cents for row in settlement.adjustments.all())
    old, new = _parts(settlement, before), _parts(settlement, before - cents)
    commission, commission_vat, vat = (then - now for then, now in zip(old, new, strict=True))
    adjustment = Adjustment.objects.create(
        reference=f"complaint:{next(_numbers)}",
        settlement=settlement,
        amount_cents=cents,
        net_cents=cents - commission,
        commission_cents=commission,
        commission_vat_cents=commission_vat,
        vat_cents=vat,
        reason=reason,
        decided_at=at,
    )
    assert settlement.mentor
    post(
        key=f"adjust:{adjustment.reference}",
        kind="adjust",
        reference=settlement.reference,
        legs=[
            debit(pending(settlement.mentor), adjustment.net_cents),
            debit(COMMISSION, commission - commission_vat),
            debit(VAT, commission_vat),
            credit(available(settlement.learner), cents),
        ],
        occurred_at=at,
    )
    return adjustment


def _parts(settlement: Settlement, total: int) -> tuple[int, int, int]:
    commission = share(total, settlement.commission_basis_points)
    own_rate = mentor_vat_basis_points(settlement.vat_regime, settlement.vat_basis_points)
    return commission, split_vat(commission, settlement.vat_basis_points)[1], split_vat(total, own_rate)[1]
