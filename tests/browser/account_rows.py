"""What the demo's members do not do: close their account."""

from collections.abc import Callable
from datetime import timedelta

from accounts.models import Closing, User
from accounts.states import ClosingStatus
from core import clock

Finder = Callable[[], tuple[object, ...]]


def _closing(status: ClosingStatus) -> tuple[object, ...]:
    """Of somebody who never logged in: nobody's page changes."""
    now = clock.now()
    user, _created = User.objects.get_or_create(email=f"{status}@example.org", defaults={"is_active": False})
    dates = {"closed_at": now, "erases_at": now + timedelta(days=15), "next_attempt_at": now + timedelta(days=15)}
    row, _created = Closing.objects.get_or_create(user=user, status=status, defaults=dates)
    return (row.reference,)


def closed() -> tuple[object, ...]:
    return _closing(ClosingStatus.CLOSED)


def erased() -> tuple[object, ...]:
    return _closing(ClosingStatus.ERASED)
