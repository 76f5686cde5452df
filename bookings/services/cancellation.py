"""Giving up a booking before it starts: everything comes back to the learner (SK-74 to SK-77)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from billing.services.settlements import release_hold
from bookings.errors import AlreadyStarted, CancelTooLate
from bookings.models import Booking, Cancellation, JointProposal
from bookings.selectors import cancellation_deadline
from bookings.services import news
from bookings.services._moves import _move, lock
from bookings.signals import booking_canceling
from bookings.states import Status
from core import clock
from core.errors import IllegalMove
from core.jobs import enqueue

CANCELABLE = frozenset({Status.ACCEPTED, Status.PAYMENT_LAPSED, Status.CONFIRMED})


@transaction.atomic
def cancel_booking(*, booking: Booking, by: User, reason: str = "", now: datetime | None = None) -> Booking:
    """Cancel before the planned start. Canceling twice changes nothing."""
    moment = now or clock.now()
    booking = lock(booking)
    if booking.status == Status.CANCELED:
        return booking
    check_cancelable(booking, by, moment)
    cancel_locked(booking, by=by, reason=reason.strip(), now=moment)
    return booking


def cancel_locked(
    booking: Booking, *, by: User, reason: str, now: datetime, proposal: JointProposal | None = None
) -> None:
    """End a locked booking and give everything back. `proposal` is what both consented to, after the start (K-1)."""
    was_confirmed = booking.status == Status.CONFIRMED
    booking_canceling.send(sender=Booking, booking=booking)
    _move(booking, Status.CANCELED, by=by, now=now, reason=reason)
    settlement = release_hold(reference=booking.ledger_reference, now=now)
    returned = settlement.released_cents if settlement else 0
    if not was_confirmed:
        enqueue("bookings.close_payment", booking_id=booking.pk)
    Cancellation.objects.create(
        booking=booking, by=by, at=now, reason=reason, returned_cents=returned, proposal=proposal
    )
    together = {"together": True} if proposal else {}
    news.post(booking, "canceled", author=by, now=now, reason=reason, returned_cents=returned, **together)
    news.tell(
        booking,
        "canceled",
        news.both(booking),
        now=now,
        calendar="CANCEL" if was_confirmed else "",
        context={"by": by, "reason": reason, "returned_cents": returned, **together},
    )


def check_cancelable(booking: Booking, by: User, now: datetime) -> None:
    if booking.status == Status.IN_PROGRESS:
        raise AlreadyStarted
    if booking.status not in CANCELABLE:
        raise IllegalMove
    if now >= cancellation_deadline(booking, by):
        raise CancelTooLate
