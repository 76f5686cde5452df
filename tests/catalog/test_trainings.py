"""Trainings: written by mentors, read by the team, shown to visitors."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.errors import AlreadyDecided
from accounts.models import AuditEntry, User
from catalog.errors import (
    NameTaken,
    NotStaff,
    OfferLocked,
    ReasonNeeded,
    SkillNotInCategory,
    SkillNotListed,
    TooManySkills,
    TrainingNotReady,
)
from catalog.models import Category, MemberSkill, NameProposal, Skill, Training, TrainingEvent, TrainingRevision
from catalog.selectors import public_trainings, trainings_to_review
from catalog.services import (
    TrainingWords,
    accept_proposal,
    add_skill,
    create_training,
    edit_training,
    propose_skill,
    refuse_training,
    submit_training,
    validate_training,
)
from catalog.services.skills import MAX_SKILLS
from catalog.states import TRAINING_ALLOWED, TrainingStatus
from core.errors import IllegalMove
from mentors.selectors import profile_of
from mentors.services import suspend
from notifications.models import Email
from tests.mentors.people import make_member, make_mentor, make_staff

pytestmark = pytest.mark.django_db


def words(title: str = "Lire un jeu de données en une heure") -> TrainingWords:
    skill = Skill.objects.select_related("category").get(slug="analyse-de-donnees")
    return TrainingWords(skill.category, skill, title, "Repérer les trous et les doublons.", 60)


def make_training(mentor: User | None = None) -> Training:
    return create_training(mentor=mentor or make_mentor(), words=words())


def proposal_of(name: Skill | Category) -> NameProposal:
    """The latest."""
    key = "skill" if isinstance(name, Skill) else "category"
    return NameProposal.objects.filter(**{key: name}).latest("pk")


VERBS: dict[str, Callable[[Training], Training]] = {
    "submitted": lambda training: submit_training(training=training, mentor=training.mentor),
    "validated": lambda training: validate_training(training=training, by=make_staff(), reason="Clair."),
    "refused": lambda training: refuse_training(training=training, by=make_staff(), reason="Trop court."),
}


def in_state(status: str) -> Training:
    path = {
        "draft": [],
        "submitted": ["submitted"],
        "refused": ["submitted", "refused"],
        "validated": ["submitted", "validated"],
    }[status]
    training = make_training()
    for verb in path:
        training = VERBS[verb](training)
    assert training.status == status
    return training


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", TrainingStatus.values)
def test_each_move_is_allowed_or_refused_as_the_map_says(status: str, verb: str) -> None:
    training = in_state(status)
    if verb == status != "submitted":
        with pytest.raises(AlreadyDecided, match="Sylvie Equipe a décidé avant vous"):
            VERBS[verb](training)
    elif verb == status:
        before = TrainingEvent.objects.count()
        assert VERBS[verb](training).status == status
        assert TrainingEvent.objects.count() == before
    elif verb in TRAINING_ALLOWED[status]:
        assert VERBS[verb](training).status == verb
        event = TrainingEvent.objects.first()
        assert event is not None
        assert (event.from_status, event.to_status) == (status, verb)
    else:
        with pytest.raises(IllegalMove):
            VERBS[verb](training)


@pytest.mark.requirement("SK-4", "SK-32")
@pytest.mark.parametrize("status", TrainingStatus.values)
def test_only_a_validated_training_is_visible(status: str) -> None:
    training = in_state(status)
    assert list(public_trainings()) == ([training] if status == "validated" else [])


@pytest.mark.requirement("SK-19")
def test_the_offer_is_closed_to_those_who_are_not_mentors() -> None:
    member = make_member()
    with pytest.raises(OfferLocked):
        create_training(mentor=member, words=words())
    with pytest.raises(OfferLocked):
        propose_skill(by=member, name="Apiculture", category=Category.objects.first())


def test_a_suspended_mentor_keeps_no_public_training() -> None:
    training = in_state("validated")
    suspend(profile=profile_of(training.mentor), by=make_staff(), reason="Plainte.")
    assert not public_trainings().exists()
    with pytest.raises(OfferLocked):
        edit_training(training=training, mentor=training.mentor, words=words("Autre titre"))


@pytest.mark.requirement("K-22")
def test_the_old_text_stays_public_until_the_team_has_read_the_new_one() -> None:
    training = in_state("validated")
    edit_training(training=training, mentor=training.mentor, words=words("Un titre plus clair"))
    assert public_trainings().get().title == "Lire un jeu de données en une heure"
    assert list(trainings_to_review()) == [training]
    validate_training(training=training, by=make_staff(), reason="Mieux.")
    assert public_trainings().get().title == "Un titre plus clair"
    assert not TrainingRevision.objects.exists()


@pytest.mark.requirement("K-22")
def test_a_refused_change_leaves_the_public_text() -> None:
    training = in_state("validated")
    edit_training(training=training, mentor=training.mentor, words=words("Gratuit chez moi"))
    refuse_training(training=training, by=make_staff(), reason="Publicité.")
    assert public_trainings().get().title == "Lire un jeu de données en une heure"
    assert not trainings_to_review().exists()
    assert "Publicité." in Email.objects.get(kind="catalog.training_refused").body_text


def test_going_back_to_the_public_text_withdraws_the_change() -> None:
    training = in_state("validated")
    edit_training(training=training, mentor=training.mentor, words=words("Un autre titre"))
    edit_training(training=training, mentor=training.mentor, words=words())
    assert not trainings_to_review().exists()


def test_a_draft_is_simply_rewritten() -> None:
    training = make_training()
    edit_training(training=training, mentor=training.mentor, words=words("Nouveau titre"))
    training.refresh_from_db()
    assert training.title == "Nouveau titre"
    assert not TrainingRevision.objects.exists()


def test_nobody_edits_or_sends_the_training_of_another() -> None:
    training, other = make_training(), make_mentor("Tom", "Rivière")
    with pytest.raises(Training.DoesNotExist):
        edit_training(training=training, mentor=other, words=words("À moi"))
    with pytest.raises(Training.DoesNotExist):
        submit_training(training=training, mentor=other)


def test_a_decision_needs_the_team_and_a_reason() -> None:
    training = in_state("submitted")
    with pytest.raises(NotStaff):
        validate_training(training=training, by=training.mentor, reason="C’est la mienne.")
    with pytest.raises(ReasonNeeded):
        refuse_training(training=training, by=make_staff(), reason=" ")
    validate_training(training=training, by=make_staff(), reason="Clair.")
    assert AuditEntry.objects.filter(action="catalog.training_validated").count() == 1


@pytest.mark.requirement("SK-33")
def test_the_skill_must_be_in_the_category() -> None:
    wrong = replace(words(), category=Category.objects.get(slug="langues"))
    with pytest.raises(SkillNotInCategory):
        create_training(mentor=make_mentor(), words=wrong)


@pytest.mark.requirement("SK-34", "SK-35", "SK-36")
def test_a_training_under_a_proposed_name_waits_for_it() -> None:
    mentor, staff = make_mentor(), make_staff()
    skill = propose_skill(by=mentor, name="Apiculture", category_name="Nature")
    assert not skill.is_validated
    assert not skill.category.is_validated
    text = TrainingWords(skill.category, skill, "Ma première ruche", "Choisir, poser, surveiller.", 90)
    training = submit_training(training=create_training(mentor=mentor, words=text), mentor=mentor)
    with pytest.raises(TrainingNotReady):
        validate_training(training=training, by=staff, reason="Bien.")
    for _ in range(2):
        accept_proposal(proposal=proposal_of(skill), by=staff, reason="Utile.")
    validate_training(training=training, by=staff, reason="Bien.")
    assert public_trainings().get() == training
    assert AuditEntry.objects.filter(action="catalog.name_accepted").count() == 2


def test_a_proposed_name_serves_its_proposer_only() -> None:
    skill = propose_skill(by=make_mentor(), name="Apiculture", category=Category.objects.get(slug="langues"))
    text = TrainingWords(skill.category, skill, "Ruches", "Miel.", 60)
    with pytest.raises(SkillNotListed):
        create_training(mentor=make_mentor("Tom", "Rivière"), words=text)
    with pytest.raises(SkillNotListed):
        add_skill(user=make_member(), skill=skill)


@pytest.mark.parametrize("name", ["python", "Python", "PYTHON"])
def test_a_name_already_listed_is_not_proposed_again(name: str) -> None:
    with pytest.raises(NameTaken):
        propose_skill(by=make_mentor(), name=name, category=Category.objects.first())


def test_only_the_team_accepts_a_proposal() -> None:
    mentor = make_mentor()
    skill = propose_skill(by=mentor, name="Apiculture", category=Category.objects.get(slug="langues"))
    with pytest.raises(NotStaff):
        accept_proposal(proposal=proposal_of(skill), by=mentor, reason="Je le veux.")


@pytest.mark.requirement("SK-27", "K-22")
def test_a_skill_is_declared_once_and_up_to_a_limit() -> None:
    user = make_member()
    skills = list(Skill.objects.validated()[: MAX_SKILLS + 1])
    for skill in [*skills[:MAX_SKILLS], skills[0]]:
        add_skill(user=user, skill=skill)
    assert MemberSkill.objects.filter(user=user).count() == MAX_SKILLS
    with pytest.raises(TooManySkills):
        add_skill(user=user, skill=skills[MAX_SKILLS])
