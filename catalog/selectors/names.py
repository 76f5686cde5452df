"""Names of the list: what uses them, which ones look alike, where former addresses lead."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst

from accounts.models import User
from catalog.models import Category, CategoryAlias, NameProposal, Skill, SkillAlias
from core.identifiers import fingerprint

# Names that share less than this are not shown as candidates.
ALIKE = 0.2
CANDIDATES = 5


@dataclass(frozen=True)
class Use:
    """How many rows of a table name something."""

    label: str
    count: int


def references_to(row: Skill | Category) -> list[models.Field[object, object]]:
    """The columns of other tables that name this row; those of apps above too."""
    return [
        relation.field
        for relation in row._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel) and isinstance(relation.field, models.Field)
    ]


def uses_of(row: Skill | Category) -> list[Use]:
    """What a merge would move; the bookkeeping of names left aside."""
    aside = {NameProposal, SkillAlias, CategoryAlias}
    found = [
        Use(_plural(field.model), field.model._base_manager.filter(**{field.name: row}).count())
        for field in references_to(row)
        if field.model not in aside
    ]
    return [use for use in found if use.count]


def _plural(model: type[models.Model]) -> str:
    words: str | Promise = model._meta.verbose_name_plural or ""
    return capfirst(str(words))


def merge_candidates(row: Skill | Category) -> list[Any]:
    """Listed names that look like this one, the likest first."""
    listed = type(row)._default_manager.filter(is_validated=True).exclude(pk=row.pk)
    alike = listed.annotate(likeness=TrigramSimilarity("name", row.name)).filter(likeness__gte=ALIKE)
    return list(alike.order_by("-likeness", "name")[:CANDIDATES])


def skill_formerly_at(slug: str) -> Skill | None:
    """Where an address leads that a merge or a new name took out of use."""
    alias = SkillAlias.objects.select_related("skill").filter(slug=slug, skill__is_validated=True).first()
    return alias.skill if alias else None


def current_slug(slug: str) -> str:
    """The address a skill has now, whatever address of it is known."""
    moved = skill_formerly_at(slug) if slug else None
    return moved.slug if moved else slug


def category_formerly_at(slug: str) -> Category | None:
    alias = CategoryAlias.objects.select_related("category").filter(slug=slug).first()
    return alias.category if alias else None


def proposals_by(user: User) -> models.QuerySet[NameProposal]:
    """What the member proposed, the newest first, with what became of it."""
    return NameProposal.objects.filter(proposer=user).select_related("skill", "category").order_by("-proposed_at")


def reading_of_proposal(proposal: NameProposal) -> str:
    row = proposal.skill or proposal.category
    return fingerprint(proposal.status, row and (row.pk, row.name))
