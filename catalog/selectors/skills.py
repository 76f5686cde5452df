"""The controlled list of categories and skills, and who declared what."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Category, MemberSkill, Skill
from core.prepared import Prepared
from mentors.rules import ChecklistItem

COUNTED_FOR_SECONDS = 60


@Prepared
def _validated(slug: str) -> QuerySet[Skill]:
    return Skill.objects.validated().select_related("category").filter(slug=slug)


def get_skill(slug: str) -> Skill:
    skill = _validated.first(slug)
    if skill is None:
        raise Http404
    return skill


@Prepared
def _listed_categories() -> QuerySet[Category, tuple[str, str]]:
    return Category.objects.validated().values_list("slug", "name")


def listed_categories() -> list[tuple[str, str]]:
    """Address and name of each."""
    return _listed_categories.rows()


def get_any_skill(slug: str) -> Skill:
    """Also a skill that left the list: a member must be able to take it off his page."""
    skill = Skill.objects.filter(slug=slug).first()
    if skill is None:
        raise Http404
    return skill


@dataclass(frozen=True)
class Branch:
    """A category with its skills and the number of members who declared each."""

    category: Category
    skills: list[tuple[Skill, int]]


def categories_with_skills() -> list[Branch]:
    """The tree of `/categories/`."""
    listed = Prefetch("skills", queryset=Skill.objects.filter(is_validated=True))
    counts = members_by_skill()
    return [
        Branch(category, [(skill, counts.get(skill.pk, 0)) for skill in category.skills.all()])
        for category in Category.objects.validated().prefetch_related(listed)
    ]


def members_by_skill() -> dict[int, int]:
    """Counted at most once a minute: the whole table is read."""
    known: dict[int, int] | None = cache.get("catalog:members_by_skill")
    if known is None:
        rows = MemberSkill.objects.filter(user__is_active=True).values_list("skill_id").annotate(number=Count("pk"))
        known = dict(rows)
        cache.set("catalog:members_by_skill", known, COUNTED_FOR_SECONDS)
    return known


def declared_skills(user: User) -> list[Skill]:
    """In the order in which the member added them."""
    rows = MemberSkill.objects.filter(user=user, skill__is_validated=True).select_related("skill")
    return [row.skill for row in rows]


def proposals_of(user: User) -> QuerySet[Skill]:
    """What the member proposed and the team has not accepted yet."""
    return Skill.objects.filter(proposed_by=user, is_validated=False).select_related("category")


def skills_item(user: User) -> ChecklistItem:
    """The part of the mentors' checklist that this app knows (SK-16)."""
    declared = MemberSkill.objects.filter(user=user).exists()
    return ChecklistItem("skills", _("compétence"), reverse("pages:profile_edit") + "#competences", declared)
