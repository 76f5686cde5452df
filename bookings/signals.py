"""News for the apps above, sent inside the transaction that makes them true."""

from django.dispatch import Signal

booking_confirmed = Signal()  # booking: Booking
# The receiver may refuse by raising bookings.errors.AlreadyStarted.
booking_canceling = Signal()  # booking: Booking
booking_closed = Signal()  # booking: Booking
booking_not_held = Signal()  # booking: Booking
