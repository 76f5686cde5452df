"""Public trainings are found by words and listed in the order of their mentors."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import MemberSkill, Skill, Training
from catalog.selectors import public_trainings
from core import clock
from mentors.services import record_rating
from tests.mentors.people import make_mentor

pytestmark = pytest.mark.django_db


def teach(mentor: User, title: str, slug: str = "couture") -> Training:
    skill = Skill.objects.get(slug=slug)
    return Training.objects.create(
        mentor=mentor,
        category=skill.category,
        skill=skill,
        title=title,
        description="Pas à pas, sur vos créations.",
        slug=f"f{mentor.pk}-{Training.objects.count()}",
        status="validated",
        created_at=clock.now(),
    )


def titles(words: str = "") -> list[str]:
    return [training.title for training in public_trainings(words=words)]


@pytest.mark.requirement("SK-32")
@pytest.mark.parametrize(
    ("words", "found"),
    [("jupe", ["Une première jupe"]), ("PREMIERES jupes", ["Une première jupe"]), ("creation", None), ("python", [])],
)
def test_words_are_found_in_title_and_description(words: str, found: list[str] | None) -> None:
    ines = make_mentor()
    teach(ines, "Une première jupe")
    teach(ines, "Poser une fermeture")
    assert titles(words) == (titles() if found is None else found)
    assert set(titles("couture")) == {"Une première jupe", "Poser une fermeture"}


def test_the_order_is_that_of_the_mentors_whatever_they_declared() -> None:
    low, high = make_mentor("Tom", "Bas"), make_mentor("Awa", "Haut")
    teach(low, "De Tom")
    teach(high, "De Awa")
    record_rating(mentor=low, mark=2)
    record_rating(mentor=high, mark=5)
    MemberSkill.objects.filter(user=high).delete()
    assert titles() == ["De Awa", "De Tom"]


def test_the_list_costs_three_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    ines = make_mentor()
    for number in range(26):
        teach(ines, f"Leçon {number:02}")
    with django_assert_max_num_queries(3):
        page = client.get(reverse("catalog:trainings"), {"q": "leçon"}).content.decode()
    assert page.count("<h2") >= 24
    assert "Leçon 25" in client.get(reverse("catalog:trainings"), {"q": "leçon", "page": "2"}).content.decode()
