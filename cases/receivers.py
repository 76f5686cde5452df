from typing import Any

from django.dispatch import receiver

from bookings.models import Booking
from bookings.signals import booking_not_held
from cases import services


@receiver(booking_not_held, sender=Booking)
def ask_what_happened(booking: Booking, **_extra: Any) -> None:
    services.open_not_held(booking=booking)
