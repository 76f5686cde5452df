"""Closing an account and letting the days pass, as the jobs do."""

from datetime import datetime, timedelta

from accounts import closings
from accounts.models import Closing, User
from billing.services import leaving, refunds
from bookings import services as bookings

PASSWORD = "sesame-ouvre-toi"


def close(user: User, *, now: datetime) -> Closing:
    """Closed, and all that follows within a minute."""
    closing = closings.close_account(user=user, password=PASSWORD, reason="Plus le temps.", now=now)
    follow(now)
    return closing


def end_left(now: datetime) -> None:
    for booking_id in bookings.due_left_ids(now=now):
        bookings.end_left(booking_id=booking_id, now=now)


def follow(now: datetime) -> None:
    end_left(now)
    leaving.return_left_credit(now=now)
    refunds.sweep_refunds(now=now)


def sweep(now: datetime) -> None:
    """What `accounts.sweep_closings` does each minute."""
    for closing_id in closings.due_warning_ids(now=now):
        closings.warn(closing_id=closing_id, now=now)
    for closing_id in closings.due_erasure_ids(now=now):
        closings.erase(closing_id=closing_id, now=now)


def days(number: int) -> timedelta:
    return timedelta(days=number)
