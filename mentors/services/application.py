"""The request to become a mentor: sent by the member, decided by the team."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.services import record
from core.clock import now as clock_now
from core.states import check_move
from mentors.errors import ApplicationIncomplete, NotStaff, ReasonNeeded
from mentors.models import MentorApplicationEvent, MentorProfile
from mentors.selectors import missing_items
from mentors.services.offer import open_profile
from mentors.states import MENTOR_ALLOWED, MentorStatus
from notifications.services import notify


@transaction.atomic
def submit_application(*, user: User, now: datetime | None = None) -> MentorProfile:
    """Send the request to the team; twice is once. Raises ApplicationIncomplete with what is missing."""
    profile = _lock(open_profile(user=user))
    if profile.status == MentorStatus.SUBMITTED:
        return profile
    check_move(MENTOR_ALLOWED, profile.status, MentorStatus.SUBMITTED)
    _refuse_incomplete(user)
    at = now or clock_now()
    profile.submitted_at = at
    _move(profile, to=MentorStatus.SUBMITTED, actor=user, reason="", at=at)
    _tell(profile, "mentors.submitted", reason="", at=at)
    return profile


@transaction.atomic
def validate(*, profile: MentorProfile, by: User, reason: str, now: datetime | None = None) -> MentorProfile:
    """Accept the request. What SK-22 to SK-25 ask is checked again: facts may have changed since it was sent."""
    return _decide(profile, MentorStatus.VALIDATED, by=by, reason=reason, now=now)


@transaction.atomic
def request_changes(*, profile: MentorProfile, by: User, reason: str, now: datetime | None = None) -> MentorProfile:
    return _decide(profile, MentorStatus.CHANGES_REQUESTED, by=by, reason=reason, now=now)


@transaction.atomic
def refuse(*, profile: MentorProfile, by: User, reason: str, now: datetime | None = None) -> MentorProfile:
    return _decide(profile, MentorStatus.REFUSED, by=by, reason=reason, now=now)


@transaction.atomic
def suspend(*, profile: MentorProfile, by: User, reason: str, now: datetime | None = None) -> MentorProfile:
    """Stop new bookings of a mentor. Those already agreed are left as they are."""
    return _decide(profile, MentorStatus.SUSPENDED, by=by, reason=reason, now=now)


@transaction.atomic
def restore(*, profile: MentorProfile, by: User, reason: str, now: datetime | None = None) -> MentorProfile:
    """End a suspension."""
    return _decide(profile, MentorStatus.VALIDATED, by=by, reason=reason, now=now)


def _decide(profile: MentorProfile, to: str, *, by: User, reason: str, now: datetime | None) -> MentorProfile:
    if not by.is_staff:
        raise NotStaff
    if not reason.strip():
        raise ReasonNeeded
    locked = _lock(profile)
    if locked.status == to:
        return locked
    check_move(MENTOR_ALLOWED, locked.status, to)
    at = now or clock_now()
    if to == MentorStatus.VALIDATED:
        _refuse_incomplete(locked.user)
        locked.validated_at = locked.validated_at or at
    _move(locked, to=to, actor=by, reason=reason.strip(), at=at)
    record(actor=by, action=f"mentors.{to}", reference=f"mentor:{locked.pk}", reason=reason.strip(), now=at)
    _tell(locked, f"mentors.{to}", reason=reason.strip(), at=at)
    return locked


def _lock(profile: MentorProfile) -> MentorProfile:
    return MentorProfile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile.pk)


def _refuse_incomplete(user: User) -> None:
    missing = missing_items(user)
    if missing:
        raise ApplicationIncomplete(missing)


def _move(profile: MentorProfile, *, to: str, actor: User, reason: str, at: datetime) -> None:
    """The only writer of `status`."""
    came_from = profile.status
    check_move(MENTOR_ALLOWED, came_from, to)
    profile.status = to
    profile.save(update_fields=["status", "submitted_at", "validated_at"])
    profile.refresh_from_db(fields=["is_bookable"])
    MentorApplicationEvent.objects.create(
        profile=profile, from_status=came_from, to_status=to, actor=actor, reason=reason, at=at
    )


def _tell(profile: MentorProfile, kind: str, *, reason: str, at: datetime) -> None:
    notify(
        recipient=profile.user,
        kind=kind,
        url=reverse("mentors:application"),
        reference=f"mentor:{profile.pk}",
        context={"reason": reason},
        now=at,
    )
