"""What bookings tell people. Each also stands in the thread as a card."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds

_KINDS = (
    "requested",
    "countered",
    "accepted",
    "declined",
    "withdrawn",
    "lapsing",
    "lapsed",
    "payment_due",
    "payment_lapsed",
    "paid_too_late",
    "confirmed",
    "canceled",
    "closed",
    "hour_proposed",
    "hour_agreed",
    "hour_refused",
    "cancellation_proposed",
    "cancellation_refused",
    "suggested",
)


def register() -> None:
    for name in _KINDS:
        kinds.register(kinds.Kind(f"bookings.{name}"))
    kinds.register(kinds.Kind("bookings.reminder", mutable=True, label=_("Rappels avant une session")))
