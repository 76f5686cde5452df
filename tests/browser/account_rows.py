"""What the demo's members do not do: close their account, or read a text that changed since they accepted it."""

from collections.abc import Callable
from datetime import timedelta

from accounts.legal import TERMS
from accounts.models import Closing, LegalAcceptance, User
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


def asked_again(email: str) -> tuple[object, ...]:
    """Signed in, as if he had accepted a text before the one in force: what his address holds is nothing."""
    LegalAcceptance.objects.filter(user__email=email, document=TERMS).update(version="2025-01")
    return ()
