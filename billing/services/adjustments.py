"""A settled booking made cheaper: a complaint upheld, an error. What the learner gets back is the difference of two
full computations; the mentor's share comes from what was not sent yet, the rest he owes."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from billing.errors import AdjustmentTooLarge, NothingSettled
from billing.invoices import register
from billing.ledger import credit, debit, lock_account, post
from billing.ledger.accounts import COMMISSION, VAT, available, pending, recoverable
from billing.models import Adjustment, Hold, Payout, PayoutPart, Settlement, TransferReversal
from billing.rules import Charge, Portion, difference, share_total, take_latest
from billing.services import debts, funding, payout_news
from billing.services._payout_moves import _move, announce, end, lock_of, shrink
from billing.services.invoices import issue_credit_note
from billing.states import PayoutStatus
from core import clock, jobs

HERE = frozenset({PayoutStatus.SCHEDULED, PayoutStatus.SUSPENDED, PayoutStatus.FAILED})


@dataclass(frozen=True)
class _Taken:
    """Where the mentor's share comes from: money not sent yet, and money he owes from now on."""

    payout: Payout | None
    pending_cents: int
    owed_cents: int


def adjust(*, reference: str, subject: str, amount_cents: int, reason: str, now: datetime | None = None) -> Adjustment:
    """Give `amount_cents` of the booking `subject` back to its learner, with a credit note. A repeat changes nothing.

    `reference` names the decision (`complaint:12`): one more decision about the same booking has another one.
    Raises NothingSettled, AdjustmentTooLarge.
    """
    if amount_cents <= 0:
        raise ValueError("An adjustment gives something back.")
    if done := Adjustment.objects.filter(reference=reference).first():
        return done
    settlement = Settlement.objects.select_related("learner", "mentor").filter(reference=subject).first()
    if settlement is None or settlement.mentor is None or not settlement.charged_cents:
        raise NothingSettled
    wanted = Adjustment(
        reference=reference,
        settlement=settlement,
        amount_cents=amount_cents,
        reason=reason,
        decided_at=now or clock.now(),
    )
    return _adjust(wanted)


def left_to_adjust(settlement: Settlement) -> int:
    """What a booking still costs after every decision so far: the most that can be given back."""
    given = settlement.adjustments.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    return settlement.charged_cents - int(given)


@transaction.atomic
def _adjust(adjustment: Adjustment) -> Adjustment:
    settlement, now = adjustment.settlement, adjustment.decided_at
    mentor, learner = cast(User, settlement.mentor), settlement.learner
    counter = register.lock_counter(mentor, now)
    lock_account(available(learner))
    if done := Adjustment.objects.filter(reference=adjustment.reference).first():
        return done
    change = _share(adjustment)
    adjustment.save(force_insert=True)
    funding.release(list(Hold.objects.filter(reference=settlement.reference)), change.total_cents)
    taken = _take_from_mentor(adjustment)
    issue_credit_note(adjustment=adjustment, counter=counter)
    post(
        key=f"adjust:{adjustment.reference}",
        kind="adjust",
        legs=[
            debit(pending(mentor), taken.pending_cents),
            debit(recoverable(mentor), taken.owed_cents),
            debit(COMMISSION, change.commission_without_vat_cents),
            debit(VAT, change.commission_vat_cents),
            credit(available(learner), change.total_cents),
        ],
        reference=settlement.reference,
        occurred_at=now,
    )
    debts.collect(learner=learner, key=f"adjust:{adjustment.reference}", now=now)
    if taken.payout:
        payout_news.tell_reduced(taken.payout, adjustment=adjustment, now=now)
        announce(taken.payout)
    return adjustment


def _share(adjustment: Adjustment) -> Charge:
    """The difference of the price before and after, with the terms and the rates of the settlement."""
    settlement = adjustment.settlement
    before = left_to_adjust(settlement)
    if adjustment.amount_cents > before:
        raise AdjustmentTooLarge
    full, reduced = (
        share_total(
            total,
            commission_basis_points=settlement.commission_basis_points,
            vat_regime=settlement.vat_regime,
            vat_basis_points=settlement.vat_basis_points,
        )
        for total in (before, before - adjustment.amount_cents)
    )
    change = difference(full, reduced)
    adjustment.net_cents = change.net_cents
    adjustment.commission_cents = change.commission_cents
    adjustment.commission_vat_cents = change.commission_vat_cents
    adjustment.vat_cents = change.vat_cents
    return change


# --- the mentor's share ---


def _take_from_mentor(adjustment: Adjustment) -> _Taken:
    """Keep what was not sent; what is leaving or has left is asked back from Stripe, and owed meanwhile."""
    net = adjustment.net_cents
    payout = lock_of(adjustment.settlement.reference) if net else None
    if payout is None:
        return _Taken(None, 0, net)
    kept = shrink(payout, net)
    if kept:
        payout.adjusted_cents += kept
        payout.save(update_fields=["adjusted_cents"])
        _end_if_nothing_is_left(payout, adjustment.decided_at)
    if kept < net:
        # Before the ledger's accounts, as everybody who moves this one with another.
        lock_account(recoverable(payout.mentor))
        _ask_back(payout, net - kept, adjustment)
    return _Taken(payout, kept, net - kept)


def _end_if_nothing_is_left(payout: Payout, now: datetime) -> None:
    """Whoever has it in flight sees for himself. Sent in part: the sweep finishes it."""
    if payout.status not in HERE or payout.parts.unsent().exists():
        return
    if not payout.parts.exclude(transfer_id="").exists():
        end(payout, PayoutStatus.CANCELED, now)
    elif payout.status == PayoutStatus.FAILED:
        _move(payout, PayoutStatus.SCHEDULED, next_attempt_at=now)


def _ask_back(payout: Payout, cents: int, adjustment: Adjustment) -> None:
    """One reversal per transfer, the latest first. What no transfer holds (it was set off) stays a debt."""
    left = [Portion(part.pk, _left_of(part)) for part in payout.parts.gone().order_by("pk")]
    reversals = [
        TransferReversal(
            part_id=portion.id,
            amount_cents=portion.cents,
            cause=adjustment.reference,
            next_attempt_at=adjustment.decided_at,
            created_at=adjustment.decided_at,
        )
        for portion in take_latest(cents, left)
    ]
    TransferReversal.objects.bulk_create(reversals)
    if reversals:
        jobs.enqueue("billing.sweep_reversals")


def _left_of(part: PayoutPart) -> int:
    asked = TransferReversal.objects.standing().filter(part=part).aggregate(cents=Sum("amount_cents"))["cents"]
    return part.amount_cents - int(asked or 0)
