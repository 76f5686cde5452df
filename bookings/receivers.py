from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing
from billing.models import TopUp
from billing.signals import top_up_arriving, top_up_paid
from bookings import services
from core.jobs import enqueue

# The payment of the booking itself. A further one is for an extension, which the room asks for and accepts.
FIRST = 1


@receiver(top_up_arriving, sender=TopUp)
def lock_paid_booking(top_up: TopUp, **_extra: Any) -> None:
    if top_up.hold_number == FIRST:
        services.lock_by_reference(reference=top_up.purpose)


@receiver(top_up_paid, sender=TopUp)
def confirm_paid_booking(top_up: TopUp, **_extra: Any) -> None:
    if top_up.hold_number == FIRST:
        services.confirm_if_paid(reference=top_up.purpose)


@receiver(account_closing, sender=User)
def end_what_is_open(**_extra: Any) -> None:
    enqueue("bookings.end_left")
