"""The request to become a mentor: sent by the member, decided by the team."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import User
from accounts.services import record
from core.clock import now as clock_now
from core.states import check_move
from mentors.errors import (
    ApplicationIncomplete,
    CompanyClosed,
    NotStaff,
    OwnRequest,
    ReasonNeeded,
    RefusalAlreadyProposed,
    SecondLookNeeded,
)
from mentors.models import MentorApplicationEvent, MentorProfile
from mentors.selectors import REFUSAL_PROPOSED, missing_items, reading_of, register_answer_of
from mentors.services.offer import open_profile
from mentors.states import MENTOR_ALLOWED, MentorStatus
from notifications.services import notify

REFUSAL = ["refusal_proposed_by", "refusal_proposed_at", "refusal_reason"]


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
def validate(
    *, profile: MentorProfile, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> MentorProfile:
    """Accept the request. What SK-22 to SK-25 ask is checked again: facts may have changed since it was sent."""
    return _decide(profile, MentorStatus.VALIDATED, by=by, reason=reason, seen=seen, now=now)


@transaction.atomic
def request_changes(
    *, profile: MentorProfile, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> MentorProfile:
    return _decide(profile, MentorStatus.CHANGES_REQUESTED, by=by, reason=reason, seen=seen, now=now)


@transaction.atomic
def propose_refusal(
    *, profile: MentorProfile, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> MentorProfile:
    """A refusal needs two people: nothing is said to the member until another one confirms it."""
    locked = _lock_to_decide(profile, MentorStatus.REFUSED, by=by, reason=reason, seen=seen)
    if locked.status == MentorStatus.REFUSED or locked.refusal_proposed_by_id == by.pk:
        return locked
    if locked.refusal_proposed_by_id is not None:
        raise RefusalAlreadyProposed
    at = now or clock_now()
    _propose(locked, by, at, reason.strip())
    locked.save(update_fields=REFUSAL)
    record(actor=by, action=REFUSAL_PROPOSED, reference=f"mentor:{locked.pk}", reason=reason.strip(), now=at)
    return locked


def _propose(profile: MentorProfile, by: User | None, at: datetime | None, reason: str) -> None:
    profile.refusal_proposed_by = by
    profile.refusal_proposed_at = at
    profile.refusal_reason = reason


@transaction.atomic
def refuse(
    *, profile: MentorProfile, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> MentorProfile:
    return _decide(profile, MentorStatus.REFUSED, by=by, reason=reason, seen=seen, now=now)


@transaction.atomic
def suspend(
    *, profile: MentorProfile, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> MentorProfile:
    """Stop new bookings of a mentor. Those already agreed are left as they are."""
    return _decide(profile, MentorStatus.SUSPENDED, by=by, reason=reason, seen=seen, now=now)


@transaction.atomic
def restore(
    *, profile: MentorProfile, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> MentorProfile:
    """End a suspension."""
    return _decide(profile, MentorStatus.VALIDATED, by=by, reason=reason, seen=seen, now=now)


def _decide(
    profile: MentorProfile, to: str, *, by: User, reason: str, seen: str, now: datetime | None
) -> MentorProfile:
    locked = _lock_to_decide(profile, to, by=by, reason=reason, seen=seen)
    if locked.status == to:
        return locked
    at = now or clock_now()
    if to == MentorStatus.REFUSED and locked.refusal_proposed_by_id in {None, by.pk}:
        raise SecondLookNeeded
    if to == MentorStatus.VALIDATED:
        _refuse_incomplete(locked.user)
        locked.validated_at = locked.validated_at or at
    _move(locked, to=to, actor=by, reason=reason.strip(), at=at)
    record(actor=by, action=f"mentors.{to}", reference=f"mentor:{locked.pk}", reason=reason.strip(), now=at)
    _tell(locked, f"mentors.{to}", reason=reason.strip(), at=at)
    return locked


def _lock_to_decide(profile: MentorProfile, to: str, *, by: User, reason: str, seen: str) -> MentorProfile:
    """The request, when `by` may lead it to this state, or has just done so."""
    if not by.is_staff:
        raise NotStaff
    if not reason.strip():
        raise ReasonNeeded
    locked = _lock(profile)
    if by.pk == locked.user_id:
        raise OwnRequest
    if _is_done(locked, to, by):
        return locked
    check_move(MENTOR_ALLOWED, locked.status, to)
    if seen and seen != reading_of(locked):
        raise ReadAgain
    return locked


def _is_done(profile: MentorProfile, to: str, by: User) -> bool:
    """True when the same person just decided the same; of two people the second one is told who was first."""
    last = profile.events.select_related("actor").first()
    if last is None or not last.actor.is_staff:
        return False
    if last.actor_id == by.pk:
        return profile.status == to
    if profile.status == to or to not in MENTOR_ALLOWED[profile.status]:
        raise AlreadyDecided(who=last.actor.get_full_name(), decision=last.get_to_status_display(), at=last.at)
    return False


def _lock(profile: MentorProfile) -> MentorProfile:
    return MentorProfile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile.pk)


def _refuse_incomplete(user: User) -> None:
    missing = missing_items(user)
    if missing:
        raise ApplicationIncomplete(missing)
    answer = register_answer_of(user)
    if answer and answer.is_closed:
        raise CompanyClosed


def _move(profile: MentorProfile, *, to: str, actor: User, reason: str, at: datetime) -> None:
    """The only writer of `status`."""
    came_from = profile.status
    check_move(MENTOR_ALLOWED, came_from, to)
    profile.status = to
    _propose(profile, None, None, "")
    profile.save(update_fields=["status", "submitted_at", "validated_at", *REFUSAL])
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
