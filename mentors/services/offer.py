"""The mentor's rate and marks."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import User
from mentors.errors import RateNotPossible
from mentors.models import MentorProfile
from mentors.rules import is_possible_rate
from notifications.services import notify


def open_profile(*, user: User) -> MentorProfile:
    """The member's request, begun as a draft the first time."""
    return MentorProfile.objects.get_or_create(user=user)[0]


@transaction.atomic
def set_rate(*, user: User, rate_cents: int, now: datetime | None = None) -> MentorProfile:
    """Applies at once to new requests (SK-42); a booking keeps the rate it was asked with (SK-43)."""
    if not is_possible_rate(rate_cents):
        raise RateNotPossible
    open_profile(user=user)
    profile = MentorProfile.objects.select_for_update().get(user=user)
    former = profile.hourly_rate_cents
    if former == rate_cents:
        return profile
    profile.hourly_rate_cents = rate_cents
    profile.save(update_fields=["hourly_rate_cents"])
    profile.refresh_from_db(fields=["is_bookable"])
    if former is not None and profile.is_validated:
        notify(
            recipient=user,
            kind="mentors.rate_changed",
            url=reverse("mentors:billing"),
            reference=f"mentor:{profile.pk}",
            context={"former_cents": former, "rate_cents": rate_cents},
            now=now,
        )
    return profile


def record_rating(*, mentor: User, mark: int, previous: int | None = None) -> None:
    """Count a mark from 1 to 5. `previous` is the mark it replaces, when a review was edited."""
    added = 0 if previous is not None else 1
    MentorProfile.objects.filter(user=mentor).update(
        rating_sum=F("rating_sum") + mark - (previous or 0), rating_count=F("rating_count") + added
    )


def withdraw_rating(*, mentor: User, mark: int) -> None:
    """Stop counting a mark whose review was removed."""
    MentorProfile.objects.filter(user=mentor).update(
        rating_sum=F("rating_sum") - mark, rating_count=F("rating_count") - 1
    )
