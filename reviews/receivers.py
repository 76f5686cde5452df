from typing import Any

from django.dispatch import receiver

from bookings.models import Booking
from bookings.signals import booking_closed
from reviews import services


@receiver(booking_closed, sender=Booking)
def invite(booking: Booking, **_extra: Any) -> None:
    services.invite(booking=booking)
