"""The starting list."""

import pytest

from catalog.models import Category, Skill


@pytest.mark.django_db
@pytest.mark.requirement("SK-33")
def test_the_list_of_skills_is_there_from_the_start() -> None:
    assert Category.objects.validated().count() >= 8
    assert Skill.objects.validated().count() >= 40
    assert Skill.objects.get(slug="analyse-de-donnees").category.name == "Données et code"
