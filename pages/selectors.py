"""Reads composed from several apps for the public pages."""

from collections.abc import Sequence

from django.db.models import QuerySet

from catalog.models import Skill
from catalog.selectors import members_by_skill
from core.prepared import Prepared

POPULAR = 3


@Prepared
def _validated_skills() -> QuerySet[Skill]:
    return Skill.objects.validated()


def popular_skills() -> Sequence[Skill]:
    """The skills most members declared."""
    counts = members_by_skill()
    return sorted(_validated_skills.rows(), key=lambda skill: (-counts.get(skill.pk, 0), skill.name))[:POPULAR]
