"""News of bookings: each line calls one service."""

from typing import Any

from django.dispatch import receiver

from bookings.models import Booking
from bookings.signals import booking_canceling, booking_confirmed
from sessions_video import services


@receiver(booking_confirmed, sender=Booking)
def open_room(booking: Booking, **_extra: Any) -> None:
    services.open_room(booking=booking)


@receiver(booking_canceling, sender=Booking)
def cancel_room(booking: Booking, **_extra: Any) -> None:
    services.cancel_room(booking=booking)
