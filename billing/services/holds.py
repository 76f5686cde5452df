"""Blocking a learner's credit for one booking: « montant bloqué »."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from billing.errors import AlreadySettled, InsufficientCredit, NothingHeld, Overdraft
from billing.ledger import credit, debit, lock_account, post
from billing.ledger.accounts import available, held
from billing.models import Hold
from billing.services import debts, funding
from billing.states import HOLD_ALLOWED, HoldStatus
from core import clock
from core.states import check_move

FIRST = 1


@transaction.atomic
def place_hold(*, learner: User, reference: str, amount_cents: int, now: datetime | None = None) -> Hold:
    """Block the planned amount. Repeated for the same reference, it changes nothing.

    Raises InsufficientCredit (nothing is written), CreditFrozen and AlreadySettled.
    """
    lock_account(available(learner))
    return _find(reference, FIRST) or _place(learner, reference, FIRST, amount_cents, now or clock.now())


@transaction.atomic
def extend_hold(
    *, learner: User, reference: str, amount_cents: int, number: int | None = None, now: datetime | None = None
) -> Hold:
    """Block more for an accepted extension, as the next hold of the booking.

    `amount_cents` is the difference of two full prices (whole planned time with and without the extension), never the
    price of the added time alone: roundings would make the charge pass the hold. With `number` (2 for the first
    extension) a repeat changes nothing.
    """
    lock_account(available(learner))
    if number is not None and (placed := _find(reference, number)):
        return placed
    last = Hold.objects.filter(reference=reference).aggregate(last=Max("number"))["last"]
    if last is None or _find(reference, FIRST) is None:
        raise NothingHeld
    return _place(learner, reference, last + 1, amount_cents, now or clock.now())


def close_holds(holds: Iterable[Hold]) -> None:
    """The booking is settled: its holds are over."""
    for hold in holds:
        _move(hold, HoldStatus.SETTLED)


def _find(reference: str, number: int) -> Hold | None:
    hold = Hold.objects.filter(reference=reference, number=number).first()
    if hold and hold.status == HoldStatus.SETTLED:
        raise AlreadySettled
    return hold


def _place(learner: User, reference: str, number: int, amount_cents: int, now: datetime) -> Hold:
    debts.check_not_frozen(learner)
    try:
        post(
            key=f"hold:{reference}:{number}",
            kind="hold",
            legs=[debit(available(learner), amount_cents), credit(held(learner, reference), amount_cents)],
            reference=reference,
            occurred_at=now,
        )
    except Overdraft as error:
        raise InsufficientCredit from error
    hold = Hold.objects.create(
        reference=reference, number=number, learner=learner, amount_cents=amount_cents, placed_at=now
    )
    funding.allocate(hold)
    return hold


def _move(hold: Hold, to: HoldStatus) -> None:
    check_move(HOLD_ALLOWED, hold.status, to)
    hold.status = to
    hold.save(update_fields=["status"])
