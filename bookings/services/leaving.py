"""What a member leaves open when he closes his account (K-34): requests end, agreed sessions are canceled.

Nothing here holds two bookings at once. A booking that is accepted or paid at the very instant of the closing is found
by the next sweep, so that nobody waits for somebody who is gone.
"""

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import Closing, User
from bookings.models import Booking, BookingQuerySet
from bookings.selectors import cancellation_deadline
from bookings.services.cancellation import CANCELABLE, cancel_booking
from bookings.services.negotiation import refuse, withdraw
from bookings.states import OPEN
from core import clock
from core.errors import DomainError

log = logging.getLogger(__name__)

WHY = "Compte fermé."


def left_open(member: User, now: datetime) -> BookingQuerySet:
    """What ends when this member goes: all that is not paid, and every paid session that has not begun."""
    agreed = Q(status__in=CANCELABLE, starts_at__gt=now)
    return Booking.objects.of(member).with_people().filter(agreed | Q(status__in=OPEN)).order_by("starts_at", "pk")


def due_left_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    gone = Closing.objects.gone().filter(Q(user=OuterRef("learner")) | Q(user=OuterRef("mentor")))
    agreed = Q(status__in=CANCELABLE, starts_at__gt=now or clock.now())
    rows = Booking.objects.filter(Exists(gone)).filter(agreed | Q(status__in=OPEN))
    return list(rows.order_by("starts_at").values_list("pk", flat=True)[:limit])


def end_left(*, booking_id: int, now: datetime | None = None) -> None:
    """End one booking for whoever of its two people is gone, by the verbs of everybody."""
    moment = now or clock.now()
    booking = Booking.objects.with_people().get(pk=booking_id)
    closing = Closing.objects.gone().filter(user__in=[booking.learner_id, booking.mentor_id]).order_by("pk").first()
    if closing is None:
        return
    by = booking.learner if closing.user_id == booking.learner_id else booking.mentor
    try:
        if booking.status in OPEN:
            _end_open(booking, by, moment)
        elif booking.status in CANCELABLE:
            # He left in time: a worker that is late takes nothing from anybody.
            is_late = moment >= cancellation_deadline(booking, by)
            cancel_booking(booking=booking, by=by, reason=WHY, now=closing.closed_at if is_late else moment)
    except DomainError as error:
        log.info("booking %s of a member who left is not ended: %s", booking.pk, error)


def _end_open(booking: Booking, by: User, now: datetime) -> None:
    if booking.awaits == by:
        refuse(booking=booking, by=by, reason=WHY, now=now)
    else:
        withdraw(booking=booking, by=by, now=now)
