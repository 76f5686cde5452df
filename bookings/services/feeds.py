"""The private address of a member's calendar: given, renewed, taken away."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.models import CalendarFeed
from core import clock
from core.identifiers import new_reference


@transaction.atomic
def renew_feed(*, user: User, replaces: str = "", now: datetime | None = None) -> CalendarFeed:
    """Give a new address; the former one ends at once. `replaces` is the one shown: sent twice, it changes once."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    feed = CalendarFeed.objects.filter(user=user).first()
    if feed is None:
        return CalendarFeed.objects.create(user=user, created_at=now or clock.now())
    if feed.reference == replaces:
        feed.reference, feed.created_at = new_reference(), now or clock.now()
        feed.save(update_fields=["reference", "created_at"])
    return feed


def revoke_feed(*, user: User) -> None:
    """No calendar reads his sessions any more."""
    CalendarFeed.objects.filter(user=user).delete()
