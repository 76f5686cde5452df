"""What the team does to a member: warn, suspend, restore, give roles. Each with a reason, traced."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.errors import AlreadySuspended, NoReason, NotSuspended, OwnRoles, TeamMember
from accounts.models import Closing, Measure, MemberMeasure, User
from accounts.roles import ROLES, is_administrator
from accounts.services import record, refuse_decider
from accounts.signals import member_measured
from core import clock


@transaction.atomic
def warn_member(*, member: User, by: User, reason: str, now: datetime | None = None) -> MemberMeasure:
    """The member reads the words; nothing else changes. The same words sent twice at once are one warning."""
    locked = _lock(member, by, reason)
    last = _last(locked)
    if last and (last.measure, last.actor_id, last.reason) == (Measure.WARNED, by.pk, reason.strip()):
        return last
    return _note(locked, Measure.WARNED, by, reason, now)


@transaction.atomic
def suspend_member(*, member: User, by: User, reason: str, now: datetime | None = None) -> MemberMeasure:
    """He cannot log in, what he has open ends, nobody finds or books him. What is agreed stays as it is."""
    locked = _lock(member, by, reason)
    last = last_state(locked)
    if last and last.measure == Measure.SUSPENDED:
        if last.actor_id == by.pk:
            return last
        raise AlreadySuspended
    # The database follows: who is not active cannot be booked (migration mentors 0002).
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    return _note(locked, Measure.SUSPENDED, by, reason, now)


@transaction.atomic
def restore_member(*, member: User, by: User, reason: str, now: datetime | None = None) -> MemberMeasure:
    """End a suspension."""
    locked = _lock(member, by, reason)
    last = last_state(locked)
    if last is None or last.measure != Measure.SUSPENDED:
        if last and last.actor_id == by.pk:
            return last
        raise NotSuspended
    # Who closed his account meanwhile stays out until he comes back himself.
    locked.is_active = not Closing.objects.gone().filter(user=locked).exists()
    locked.save(update_fields=["is_active"])
    return _note(locked, Measure.RESTORED, by, reason, now)


@transaction.atomic
def give_roles(*, member: User, by: User, roles: Iterable[str], reason: str, now: datetime | None = None) -> User:
    """Exactly these roles; without any, the member is no longer of the team. Nobody changes his own."""
    if not is_administrator(by):
        raise TeamMember
    if not reason.strip():
        raise NoReason
    if by.pk == member.pk:
        raise OwnRoles
    locked = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    wanted = {role.name for role in ROLES} & set(roles)
    had = set(locked.groups.filter(name__in=[role.name for role in ROLES]).values_list("name", flat=True))
    if wanted == had and locked.is_staff == bool(wanted or locked.is_superuser):
        return locked
    locked.groups.set(Group.objects.filter(name__in=wanted))
    locked.is_staff = bool(wanted) or locked.is_superuser
    locked.save(update_fields=["is_staff"])
    words = f"{', '.join(sorted(had)) or '–'} → {', '.join(sorted(wanted)) or '–'}. {reason.strip()}"
    record(actor=by, action="accounts.roles", reference=_name(locked), reason=words, now=now)
    return locked


def last_state(member: User) -> MemberMeasure | None:
    """The last suspension or restoration."""
    return member.measures.exclude(measure=Measure.WARNED).first()


def is_suspended(member: User) -> bool:
    last = last_state(member)
    return last is not None and last.measure == Measure.SUSPENDED


def _last(member: User) -> MemberMeasure | None:
    return member.measures.first()


def _lock(member: User, by: User, reason: str) -> User:
    """The member, when `by` may decide of him: nobody decides of himself, nor of an administrator but another one."""
    refuse_decider(by=by, reason=reason, concerned=(member.pk,))
    locked = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if locked.is_staff and not is_administrator(by):
        raise TeamMember
    return locked


def _note(member: User, measure: Measure, by: User, reason: str, now: datetime | None) -> MemberMeasure:
    at = now or clock.now()
    row = MemberMeasure.objects.create(member=member, measure=measure, actor=by, reason=reason.strip(), at=at)
    record(actor=by, action=f"accounts.{measure}", reference=_name(member), reason=row.reason, now=at)
    member_measured.send(sender=MemberMeasure, measure=row)
    return row


def _name(member: User) -> str:
    return f"user:{member.pk}"
