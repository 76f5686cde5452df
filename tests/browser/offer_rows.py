"""What mentors send to the team: of these the demo world has none waiting."""

from accounts.models import User
from catalog.models import Category, CategoryAlias, NameProposal, Skill, SkillAlias, Training
from catalog.services import TrainingWords, edit_training, propose_skill
from core import clock
from demo.people import MENTORS

INES = MENTORS[0].email


def proposal() -> tuple[object, ...]:
    """In a category that is new too."""
    mentor = User.objects.get(email=INES)
    waiting = NameProposal.objects.filter(name="Apiculture").first()
    if waiting is None:
        skill = propose_skill(by=mentor, name="Apiculture", category_name="Nature")
        waiting = NameProposal.objects.get(skill=skill)
    return (waiting.pk,)


def proposed_skill() -> tuple[object, ...]:
    proposal()
    return (Skill.objects.get(name="Apiculture").pk,)


def former_skill() -> tuple[object, ...]:
    known = {"name": "Tableur en ligne", "skill": Skill.objects.get(slug="tableur"), "created_at": clock.now()}
    return (SkillAlias.objects.get_or_create(slug="tableur-en-ligne", defaults=known)[0].pk,)


def former_category() -> tuple[object, ...]:
    known = {"name": "Langues vivantes", "category": Category.objects.get(slug="langues"), "created_at": clock.now()}
    return (CategoryAlias.objects.get_or_create(slug="langues-vivantes", defaults=known)[0].pk,)


def _changed() -> Training:
    """Public, with a change that waits."""
    training = Training.objects.filter(mentor__email=INES).earliest("pk")
    words = TrainingWords(
        training.category,
        training.skill,
        f"{training.title}, pas à pas",
        f"{training.description} Chacun repart avec un exemple à lui.",
        training.suggested_minutes,
    )
    return edit_training(training=training, mentor=training.mentor, words=words)


def changed_training() -> tuple[object, ...]:
    return (_changed().pk,)


def changed_slug() -> tuple[object, ...]:
    return (_changed().slug,)


ROWS = {
    NameProposal: proposal,
    SkillAlias: former_skill,
    CategoryAlias: former_category,
    Training: changed_training,
}
