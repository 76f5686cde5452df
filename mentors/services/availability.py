"""When a mentor is usually free: guidance, never a constraint (SK-37, SK-38)."""

from collections.abc import Iterable
from datetime import time

from django.db import transaction

from accounts.models import User
from mentors.errors import NoDayChosen, RangeNotPossible
from mentors.models import AvailabilityHint, MentorProfile
from mentors.rules import Range, merge
from mentors.services.offer import open_profile


@transaction.atomic
def add_availability(*, user: User, weekdays: Iterable[int], starts: time, ends: time) -> None:
    """Add a range to some weekdays. Ranges that touch become one, so adding twice changes nothing."""
    days = sorted(set(weekdays))
    if not days:
        raise NoDayChosen
    if ends <= starts:
        raise RangeNotPossible
    open_profile(user=user)
    profile = MentorProfile.objects.select_for_update().get(user=user)
    for weekday in days:
        _write_day(profile, weekday, added=Range(starts, ends))


def _write_day(profile: MentorProfile, weekday: int, *, added: Range) -> None:
    existing = profile.availability.filter(weekday=weekday)
    merged = merge([*(Range(hint.starts, hint.ends) for hint in existing), added])
    existing.delete()
    AvailabilityHint.objects.bulk_create(
        AvailabilityHint(mentor=profile, weekday=weekday, starts=one.starts, ends=one.ends) for one in merged
    )


def remove_availability(*, user: User, hint_id: int) -> None:
    """Take one of one's own ranges away; an unknown one is already gone."""
    AvailabilityHint.objects.filter(pk=hint_id, mentor__user=user).delete()
