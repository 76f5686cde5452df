"""Reading a member's calendar at its private address.

The key in the address is known to whoever holds it, and to nobody who reads the tables.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Max
from django.http import Http404
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from bookings.models import Booking, CalendarFeed
from bookings.states import FINAL, HELD, Status
from core import clock

# What a calendar is told, at most.
FEED_PAST: Final = timedelta(days=90)
FEED_MOST: Final = 300
_SALT: Final = "bookings.feeds"
# 160 bits.
_LENGTH: Final = 40


def key_of(reference: str) -> str:
    return _key(reference, str(settings.SECRET_KEY))


def is_key(reference: str, key: str) -> bool:
    """Compared in a time that tells nothing. Addresses outlive a change of the site's secret."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    matches = [constant_time_compare(key, _key(reference, secret)) for secret in secrets]
    return any(matches)


def _key(reference: str, secret: str) -> str:
    return salted_hmac(_SALT, reference, secret=secret, algorithm="sha256").hexdigest()[:_LENGTH]


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def get_feed(reference: str, key: str) -> CalendarFeed:
    """The feed of an address; 404 for one that is wrong, replaced or taken away, or whose member left."""
    feed = CalendarFeed.objects.select_related("user").filter(reference=reference, user__is_active=True).first()
    # Asked in both cases: an unknown reference takes as long as a wrong key.
    if not is_key(reference, key) or feed is None:
        raise Http404
    return feed


def sessions_of_feed(user: User, now: datetime | None = None) -> list[Booking]:
    """Paid sessions, the nearest past and all to come; each with `changed_at`. A canceled one leaves the feed."""
    moment = now or clock.now()
    shown = Booking.objects.of(user).filter(status__in=FINAL | HELD, starts_at__gte=moment - FEED_PAST)
    shown = shown.exclude(status=Status.SETTLED, billed_seconds=None)
    return list(shown.with_people().annotate(changed_at=Max("events__at")).order_by("-starts_at")[:FEED_MOST])
