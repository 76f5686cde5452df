"""The database keeps one row a member for lists, whoever writes what it is made of."""

from datetime import time

import pytest
from django.db import connection

from accounts.models import MemberPage, User
from catalog.models import Category, Listing, MemberSkill, Skill, Training
from catalog.services import add_skill, remove_skill
from mentors.models import MentorProfile
from mentors.services import add_availability, record_rating
from tests.mentors.people import make_member, make_mentor

pytestmark = pytest.mark.django_db


def listing(user: User) -> Listing:
    return Listing.objects.get(user=user)


def words(user: User) -> str:
    return str(listing(user).document)


def declare(user: User, slug: str = "couture") -> Skill:
    skill = Skill.objects.get(slug=slug)
    add_skill(user=user, skill=skill)
    return skill


@pytest.mark.requirement("SK-28", "SK-30")
def test_a_member_is_listed_from_his_first_skill_to_his_last() -> None:
    lea = make_member("Léa", "Martin")
    assert not listing(lea).is_listed
    skill = declare(lea)
    found = listing(lea)
    assert found.is_listed
    assert found.skill_names == ["Couture"]
    assert found.facets == [f"s{skill.pk}", f"c{skill.category_id}"]
    assert "'coutur'" in found.document
    remove_skill(user=lea, skill=skill)
    assert not listing(lea).is_listed
    assert words(lea) == ""


def test_the_row_follows_the_page_the_name_and_the_account() -> None:
    lea = make_member("Léa", "Martin")
    declare(lea)
    MemberPage.objects.filter(user=lea).update(headline="Élève des vêtements", languages="Français, arabe")
    assert "'vet'" in words(lea)
    assert {"lfrancais", "larabe"} <= set(listing(lea).facets)
    User.objects.filter(pk=lea.pk).update(first_name="Hélène")
    assert listing(lea).name == "helene martin"
    User.objects.filter(pk=lea.pk).update(is_active=False)
    assert not listing(lea).is_listed


def test_the_row_follows_the_mentor_his_marks_and_his_week() -> None:
    ines = make_mentor(rate_cents=4700)
    assert listing(ines).is_bookable
    assert listing(ines).rate_cents == 4700
    record_rating(mentor=ines, mark=5)
    assert (listing(ines).mark_sum, listing(ines).mark_count, listing(ines).score) == (5, 1, 4166)
    add_availability(user=ines, weekdays=[1, 5], starts=time(17), ends=time(20))
    assert listing(ines).days == 0b0100010_0100010
    MentorProfile.objects.filter(user=ines).update(status="suspended")
    assert listing(ines).is_listed
    assert not listing(ines).is_bookable
    assert listing(ines).rate_cents is None


def test_the_row_follows_a_name_of_the_list_that_changes_or_leaves() -> None:
    lea = make_member("Léa", "Martin")
    skill = declare(lea)
    Skill.objects.filter(pk=skill.pk).update(name="Broderie")
    assert listing(lea).skill_names == ["Broderie"]
    assert "'broder'" in words(lea)
    Category.objects.filter(pk=skill.category_id).update(is_validated=False)
    assert not listing(lea).is_listed
    Category.objects.filter(pk=skill.category_id).update(is_validated=True)
    Skill.objects.filter(pk=skill.pk).update(is_validated=False)
    assert not listing(lea).is_listed


def test_the_row_follows_a_skill_given_to_another_member() -> None:
    lea, tom = make_member("Léa", "Martin"), make_member("Tom", "Petit")
    declare(lea)
    MemberSkill.objects.filter(user=lea).update(user=tom)
    assert not listing(lea).is_listed
    assert listing(tom).is_listed


@pytest.mark.requirement("SK-32")
def test_only_public_trainings_are_searched() -> None:
    ines = make_mentor()
    skill = Skill.objects.get(slug="python")
    Training.objects.create(
        mentor=ines,
        category=skill.category,
        skill=skill,
        title="Des automates",
        description="…",
        slug="automates",
        created_at=ines.date_joined,
    )
    assert "'automat'" not in words(ines)
    Training.objects.update(status="validated")
    assert "'automat'" in words(ines)
    Training.objects.all().delete()
    assert "'automat'" not in words(ines)


def test_what_lists_do_not_show_leaves_the_row_alone() -> None:
    lea = make_member("Léa", "Martin")
    declare(lea)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text || ctid::text FROM catalog_listing WHERE user_id = %s", [lea.pk])
        before = cursor.fetchone()
        User.objects.filter(pk=lea.pk).update(last_login=lea.date_joined, theme="dark")
        MemberPage.objects.filter(user=lea).update(linkedin_url="https://www.linkedin.com/in/lea")
        cursor.execute("SELECT xmin::text || ctid::text FROM catalog_listing WHERE user_id = %s", [lea.pk])
        assert cursor.fetchone() == before
