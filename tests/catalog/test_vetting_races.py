"""Two people of the team, or the team and a mentor, at once; commits are real."""

from collections.abc import Sequence
from functools import partial

import pytest

from accounts.errors import AlreadyDecided
from accounts.models import AuditEntry
from bookings.models import Booking
from catalog.errors import CatalogError
from catalog.models import Category, Listing, MemberSkill, NameProposal, Skill, SkillAlias, TrainingEvent
from catalog.services import (
    accept_proposal,
    add_skill,
    merge_skills,
    propose_skill,
    refuse_proposal,
    refuse_training,
    validate_training,
)
from core import clock
from core.errors import DomainError
from mentors.services import record_rating
from tests import people
from tests.bookings.making import ask, soon
from tests.catalog.test_trainings import in_state
from tests.databases import cloned_database, in_threads
from tests.mentors.people import make_member, make_mentor, make_staff

__all__ = ["cloned_database"]

pytestmark = pytest.mark.usefixtures("cloned_database")


def failures(results: Sequence[object]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def test_of_three_validations_of_a_training_one_wins() -> None:
    training = in_state("submitted")
    late = failures(
        in_threads(*[partial(validate_training, training=training, by=make_staff(), reason="Clair.") for _ in range(3)])
    )
    assert len(late) == 2
    assert all(isinstance(error, AlreadyDecided) for error in late)
    assert TrainingEvent.objects.filter(training=training, to_status="validated").count() == 1


def test_of_two_refusals_of_a_training_one_wins() -> None:
    training = in_state("submitted")
    late = failures(
        in_threads(*[partial(refuse_training, training=training, by=make_staff(), reason="Court.") for _ in range(2)])
    )
    assert [type(error) for error in late] == [AlreadyDecided]


def test_a_name_accepted_and_refused_at_once_has_one_answer() -> None:
    made = propose_skill(by=make_mentor(), name="Apiculture", category=Category.objects.get(slug="langues"))
    proposal = NameProposal.objects.get()
    late = failures(
        in_threads(
            partial(accept_proposal, proposal=proposal, by=make_staff(), reason="Utile."),
            partial(refuse_proposal, proposal=proposal, by=make_staff(), reason="Non."),
        )
    )
    assert [type(error) for error in late] == [AlreadyDecided]
    made.refresh_from_db()
    assert made.is_validated == (NameProposal.objects.get().status == "accepted")


def test_two_merges_of_one_skill_at_once_are_one() -> None:
    member = make_member()
    source, one, other = (Skill.objects.get(slug=slug) for slug in ("sql", "python", "tableur"))
    add_skill(user=member, skill=source)
    late = failures(
        in_threads(
            *[partial(merge_skills, source=source, into=x, by=make_staff(), reason="Essai.") for x in (one, other)]
        )
    )
    assert len(late) == 1
    assert isinstance(late[0], CatalogError)
    assert SkillAlias.objects.get().skill == MemberSkill.objects.get().skill
    assert AuditEntry.objects.filter(action="catalog.merged").count() == 1


def test_merging_two_skills_into_each_other_keeps_one() -> None:
    one, other = (Skill.objects.get(slug=slug) for slug in ("sql", "python"))
    late = failures(
        in_threads(
            partial(merge_skills, source=one, into=other, by=make_staff(), reason="Essai."),
            partial(merge_skills, source=other, into=one, by=make_staff(), reason="Essai."),
        )
    )
    assert len(late) == 1
    assert isinstance(late[0], DomainError)
    assert Skill.objects.filter(slug__in=["sql", "python"]).count() == 1


def test_a_request_during_a_merge_names_a_skill_that_exists() -> None:
    mentor, learner = people.mentor("Claire", "Roux"), people.member("Karim", "Benali")
    source = people.skill_of(mentor)
    Skill.objects.filter(pk=source.pk).update(is_validated=True)
    into = Skill.objects.get(slug="python")
    in_threads(
        partial(ask, learner, mentor), partial(merge_skills, source=source, into=into, by=make_staff(), reason="Essai.")
    )
    named = set(Booking.objects.values_list("skill", flat=True))
    assert named <= set(Skill.objects.values_list("pk", flat=True)) | {None}


def test_a_request_at_the_instant_of_a_merge_names_what_is_there_or_says_why_not() -> None:
    """Whoever comes second: nothing names a skill that is gone, and nobody meets an error page."""
    claire = people.mentor("Claire", "Roux")
    kept = people.skill_of(claire)
    Skill.objects.filter(pk=kept.pk).update(is_validated=True)
    for turn in range(4):
        karim = make_member()
        gone = Skill.objects.create(name=f"Reliure {turn}", slug=f"reliure-{turn}", category=kept.category)
        MemberSkill.objects.create(user=claire, skill=gone, created_at=clock.now())
        results = in_threads(
            partial(ask, karim, claire, skill=gone, **soon()),
            partial(merge_skills, source=gone, into=kept, by=make_staff(), reason="Un seul nom."),
        )
        assert all(isinstance(error, DomainError) for error in failures(results)), results
        assert not Skill.objects.filter(pk=gone.pk).exists()
        assert set(Booking.objects.filter(learner=karim).values_list("skill", flat=True)) <= {kept.pk}


def test_writers_of_one_row_of_the_lists_lose_nothing_of_each_other() -> None:
    claire = make_mentor()
    skills = list(Skill.objects.filter(is_validated=True).exclude(member_skills__user=claire)[:3])
    assert len(skills) == 3
    late = failures(
        in_threads(
            *[partial(add_skill, user=claire, skill=skill) for skill in skills],
            *[partial(record_rating, mentor=claire, mark=mark) for mark in (5, 4, 3)],
        )
    )
    assert late == []
    row = Listing.objects.get(user=claire)
    assert (row.mark_sum, row.mark_count) == (12, 3)
    assert {f"s{skill.pk}" for skill in skills} <= set(row.facets)
