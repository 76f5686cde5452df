"""Reads composed from several apps for the public pages."""

from collections.abc import Sequence

from catalog.models import Skill
from catalog.selectors import members_by_skill

POPULAR = 3


def popular_skills() -> Sequence[Skill]:
    """The skills most members declared."""
    counts = members_by_skill()
    return sorted(Skill.objects.validated(), key=lambda skill: (-counts.get(skill.pk, 0), skill.name))[:POPULAR]
