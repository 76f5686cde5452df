"""News of bookings: each line calls one service."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from billing.models import TopUp
from billing.signals import top_up_paid
from bookings.models import Booking
from bookings.signals import booking_canceling, booking_confirmed
from sessions_video import services


@receiver(booking_confirmed, sender=Booking)
def open_room(booking: Booking, **_extra: Any) -> None:
    services.open_room(booking=booking)


@receiver(booking_canceling, sender=Booking)
def cancel_room(booking: Booking, **_extra: Any) -> None:
    services.cancel_room(booking=booking)


@receiver(top_up_paid, sender=TopUp)
def go_on_with_extension(top_up: TopUp, **_extra: Any) -> None:
    """Once the money is credit for good: no room may refuse a payment. What a crash loses here, the sweeper finds."""

    def go_on() -> None:
        services.credit_arrived(reference=top_up.purpose)

    if top_up.hold_number >= services.FIRST_EXTENSION_HOLD:
        transaction.on_commit(go_on, robust=True)
