"""Names that mentors miss in the list (SK-34, SK-35)."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from accounts.services import record
from catalog.errors import NameTaken, NotStaff, OfferLocked
from catalog.models import Category, Skill
from core.clock import now as clock_now
from mentors.selectors import profile_of


@transaction.atomic
def propose_skill(*, by: User, name: str, category: Category | None = None, category_name: str = "") -> Skill:
    """A skill, in a listed category or in a new one, that only its proposer can use until the team accepts it."""
    if not profile_of(by).is_validated:
        raise OfferLocked
    if Skill.objects.filter(name__iexact=name).exists() or Skill.objects.filter(slug=_slug_of(name)).exists():
        raise NameTaken
    home = category or _propose_category(by, category_name)
    return Skill.objects.create(category=home, name=name, slug=_slug_of(name), is_validated=False, proposed_by=by)


def _propose_category(by: User, name: str) -> Category:
    if Category.objects.filter(name__iexact=name).exists() or Category.objects.filter(slug=_slug_of(name)).exists():
        raise NameTaken
    return Category.objects.create(name=name, slug=_slug_of(name), is_validated=False, proposed_by=by)


@transaction.atomic
def accept_proposal(*, skill: Skill, by: User, reason: str, now: datetime | None = None) -> Skill:
    """Put a proposed skill, and its category when it is new, on the list of everybody."""
    if not by.is_staff:
        raise NotStaff
    locked = Skill.objects.select_for_update(of=("self",)).select_related("category").get(pk=skill.pk)
    if not locked.category.is_validated:
        locked.category.is_validated = True
        locked.category.save(update_fields=["is_validated"])
    if not locked.is_validated:
        locked.is_validated = True
        locked.save(update_fields=["is_validated"])
        record(
            actor=by,
            action="catalog.skill_accepted",
            reference=f"skill:{locked.pk}",
            reason=reason,
            now=now or clock_now(),
        )
    return locked


def _slug_of(name: str) -> str:
    return slugify(name.replace("’", "-").replace("'", "-"))
