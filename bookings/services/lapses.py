"""What time alone ends: versions nobody answered, payments nobody made (K-14)."""

from datetime import datetime

from django.db import transaction

from bookings.models import Booking
from bookings.services import news
from bookings.services._moves import _move
from bookings.states import OPEN, Status
from core import clock
from core.observation import occasion


def due_request_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Booking.objects.unanswered(now or clock.now())
    return list(due.order_by("expires_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def lapse_request(*, booking_id: int, now: datetime | None = None) -> bool:
    """End a negotiation whose open version was not answered in time."""
    moment = now or clock.now()
    booking = _claim(booking_id)
    if booking is None or booking.status not in OPEN or booking.expires_at > moment:
        return False
    _move(booking, Status.LAPSED, by=None, now=moment)
    news.post(booking, "lapsed", author=None, now=moment)
    news.tell(booking, "lapsed", news.both(booking), now=moment)
    return True


def due_payment_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Booking.objects.unpaid(now or clock.now())
    return list(due.order_by("pay_before").values_list("pk", flat=True)[:limit])


@transaction.atomic
def lapse_payment(*, booking_id: int, now: datetime | None = None) -> bool:
    """Free the mentor's interval of a booking that was not paid in time. It can be reopened until the start."""
    moment = now or clock.now()
    booking = _claim(booking_id)
    if booking is None or booking.status != Status.ACCEPTED or (booking.pay_before or moment) > moment:
        return False
    _move(booking, Status.PAYMENT_LAPSED, by=None, now=moment)
    news.post(booking, "payment_lapsed", author=None, now=moment)
    news.tell(booking, "payment_lapsed", news.both(booking), now=moment)
    return True


def _claim(booking_id: int) -> Booking | None:
    rows = Booking.objects.with_people().select_for_update(skip_locked=True, of=("self",))
    booking = rows.filter(pk=booking_id).first()
    if booking:
        occasion.note(booking=booking.reference)
    return booking
