"""The team keeps the list of names: new ones, other ones for the same thing, and names that were two for one thing."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from accounts.models import User
from accounts.services import record
from catalog.addresses import address_of
from catalog.errors import NameGone, NameTaken, NotStaff, ReasonNeeded, SameName, TargetNotListed
from catalog.models import (
    Category,
    CategoryAlias,
    MemberSkill,
    NameProposal,
    Skill,
    SkillAlias,
    Training,
    TrainingRevision,
)
from catalog.selectors.names import references_to
from catalog.services.proposals import settle
from catalog.states import ProposalStatus
from core.clock import now as clock_now

Name = TypeVar("Name", Skill, Category)


@transaction.atomic
def merge_skills(*, source: Skill, into: Skill, by: User, reason: str, now: datetime | None = None) -> Skill:
    """Make one skill of two: whatever named `source` names `into`, and the old address leads there."""
    at = now or clock_now()
    gone, kept = _lock_both(source, into, by, reason)
    twice = MemberSkill.objects.filter(skill=kept).values("user")
    MemberSkill.objects.filter(skill=gone, user__in=twice).delete()
    for text in (Training, TrainingRevision):
        text._default_manager.filter(skill=gone).update(category=kept.category)
    _repoint(gone, kept)
    _follow(kept, NameProposal.objects.waiting().filter(skill=kept), by=by, reason=reason, at=at)
    _replace(gone, SkillAlias(slug=gone.slug, name=gone.name, skill=kept, created_at=at))
    _trace(gone, kept, by=by, reason=reason, at=at)
    return kept


@transaction.atomic
def merge_categories(
    *, source: Category, into: Category, by: User, reason: str, now: datetime | None = None
) -> Category:
    """Make one category of two: its skills and trainings move, and the old address leads there."""
    at = now or clock_now()
    gone, kept = _lock_both(source, into, by, reason)
    _repoint(gone, kept)
    _follow(kept, NameProposal.objects.waiting().filter(category=kept), by=by, reason=reason, at=at)
    _replace(gone, CategoryAlias(slug=gone.slug, name=gone.name, category=kept, created_at=at))
    _trace(gone, kept, by=by, reason=reason, at=at)
    return kept


def _lock_both(source: Name, into: Name, by: User, reason: str) -> tuple[Name, Name]:
    _check(by, reason)
    if source.pk == into.pk:
        raise SameName
    rows: dict[int, Any] = {
        row.pk: row
        for row in type(source)._default_manager.select_for_update().filter(pk__in=[source.pk, into.pk]).order_by("pk")
    }
    if len(rows) == 1 or not rows:
        raise NameGone
    kept = rows[into.pk]
    if not kept.is_validated or not getattr(kept, "category", kept).is_validated:
        raise TargetNotListed
    return rows[source.pk], kept


def _check(by: User, reason: str) -> None:
    if not by.is_staff:
        raise NotStaff
    if not reason.strip():
        raise ReasonNeeded


def _repoint(gone: Skill | Category, kept: Skill | Category) -> None:
    for field in references_to(gone):
        field.model._base_manager.filter(**{field.name: gone}).update(**{field.name: kept})


def _follow(kept: Skill | Category, waiting: Any, *, by: User, reason: str, at: datetime) -> None:
    """Those who proposed the name that is gone read which one took its place."""
    for proposal in waiting.select_for_update(of=("self",)).select_related("proposer", "skill", "category"):
        settle(proposal=proposal, to=ProposalStatus.MERGED, by=by, reason=reason, at=at)


def _replace(gone: Skill | Category, alias: SkillAlias | CategoryAlias) -> None:
    # Its rows point elsewhere by now: deleting what nothing names any more deletes nothing else.
    type(gone)._default_manager.get(pk=gone.pk).delete()
    alias.save()


def _trace(gone: Skill | Category, kept: Skill | Category, *, by: User, reason: str, at: datetime) -> None:
    record(
        actor=by,
        action="catalog.merged",
        reference=f"{kept._meta.model_name}:{kept.pk}",
        reason=f"{gone.name} → {kept.name}. {reason.strip()}",
        now=at,
    )


@transaction.atomic
def write_category(*, category: Category, name: str, by: User, reason: str, now: datetime | None = None) -> Category:
    """Add a category, or give one another name; its former address leads to the new one."""
    return _write(category, name, CategoryAlias(category=category), by=by, reason=reason, at=now or clock_now())


@transaction.atomic
def write_skill(
    *, skill: Skill, name: str, category: Category, by: User, reason: str, now: datetime | None = None
) -> Skill:
    """Add a skill, give one another name or category; trainings follow it."""
    skill.category = category
    written = _write(skill, name, SkillAlias(skill=skill), by=by, reason=reason, at=now or clock_now())
    for text in (Training, TrainingRevision):
        text._default_manager.filter(skill=written).update(category=category)
    return written


def _write(row: Name, name: str, alias: SkillAlias | CategoryAlias, *, by: User, reason: str, at: datetime) -> Name:
    _check(by, reason)
    slug = address_of(name)
    others = type(row)._default_manager.exclude(pk=row.pk)
    if others.filter(slug=slug).exists() or others.filter(name__iexact=name).exists():
        raise NameTaken
    known = type(row)._default_manager.filter(pk=row.pk).first()
    row.name, row.slug = name, slug
    row.save()
    # A name that comes back to an address it left needs no way from there.
    type(alias)._default_manager.filter(slug=slug).delete()
    if known and known.slug != slug:
        alias.slug, alias.name, alias.created_at = known.slug, known.name, at
        alias.save()
    record(
        actor=by,
        action="catalog.name_written",
        reference=f"{row._meta.model_name}:{row.pk}",
        reason=f"{known.name} → {name}. {reason.strip()}" if known else f"{name}. {reason.strip()}",
        now=at,
    )
    return row
