"""What `catalog` knows of a member."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import (
    Category,
    Listing,
    MemberSkill,
    NameProposal,
    Skill,
    Training,
    TrainingEvent,
    TrainingRevision,
)
from core.exporting import section
from core.personal_data import Fate, Held, Section, Source, Words

DECIDED = gettext_lazy("le nom sert à tous, et la décision de l’équipe reste tracée\u202f; sans le nom de son auteur")

HELD = (
    Held("catalog.MemberSkill", gettext_lazy("les compétences déclarées"), Fate.ERASED, ("user",)),
    Held("catalog.Listing", gettext_lazy("la ligne de la recherche"), Fate.ERASED, ("user",)),
    Held("catalog.Training", gettext_lazy("les formations"), Fate.ERASED, ("mentor",)),
    Held("catalog.TrainingRevision", gettext_lazy("les modifications de formations"), Fate.ERASED),
    Held("catalog.TrainingEvent", gettext_lazy("les étapes des formations"), Fate.ERASED, ("actor",)),
    Held(
        "catalog.NameProposal", gettext_lazy("les noms proposés"), Fate.PSEUDONYM, ("proposer", "decided_by"), DECIDED
    ),
    Held("catalog.Category", gettext_lazy("qui a proposé une catégorie"), Fate.ERASED, ("proposed_by",)),
    Held("catalog.Skill", gettext_lazy("qui a proposé une compétence"), Fate.ERASED, ("proposed_by",)),
    Held("catalog.CategoryAlias", gettext_lazy("les anciens noms de catégories"), Fate.PSEUDONYM, (), DECIDED),
    Held("catalog.SkillAlias", gettext_lazy("les anciens noms de compétences"), Fate.PSEUDONYM, (), DECIDED),
)


def sections(member_id: int) -> Iterator[Section]:
    declared = MemberSkill.objects.filter(user=member_id).select_related("skill")
    yield section(_("Compétences déclarées"), declared, "skill", "created_at")
    text = ("category", "skill", "title", "description", "suggested_minutes", "submitted_at")
    own = Training.objects.filter(mentor=member_id).select_related("category", "skill")
    yield section(_("Formations"), own, "status", *text, "created_at")
    changes = TrainingRevision.objects.filter(training__mentor=member_id).select_related("category", "skill")
    yield section(_("Modifications de formations"), changes, *text, "refused_at", "refusal")
    steps = TrainingEvent.objects.filter(training__mentor=member_id).select_related("training")
    yield section(_("Étapes des formations"), steps, "training", "at", "from_status", "to_status", "reason")
    names = NameProposal.objects.filter(proposer=member_id)
    yield section(_("Noms proposés"), names, "name", "status", "proposed_at", "decided_at", "reason")


def consequences(member_id: int, now: datetime) -> Iterator[Words]:
    del now
    skills = MemberSkill.objects.filter(user=member_id).count()
    if skills:
        yield ngettext(
            "Vous n’apparaissez plus dans la communauté, où vous êtes listé pour %(count)d compétence.",
            "Vous n’apparaissez plus dans la communauté, où vous êtes listé pour %(count)d compétences.",
            skills,
        ) % {"count": skills}
    trainings = Training.objects.public().filter(mentor=member_id).count()
    if trainings:
        yield ngettext(
            "Votre formation publiée n’est plus visible.",
            "Vos %(count)d formations publiées ne sont plus visibles.",
            trainings,
        ) % {"count": trainings}


@transaction.atomic
def erase(member_id: int) -> None:
    """Trainings that were booked stay readable by their title, copied into each booking."""
    TrainingEvent.objects.filter(training__mentor=member_id).delete()
    Training.objects.filter(mentor=member_id).delete()
    MemberSkill.objects.filter(user=member_id).delete()
    Listing.objects.filter(user=member_id).delete()
    Category.objects.filter(proposed_by=member_id).update(proposed_by=None)
    Skill.objects.filter(proposed_by=member_id).update(proposed_by=None)


SOURCE = Source(
    app="catalog",
    title=gettext_lazy("Compétences et formations"),
    held=HELD,
    sections=sections,
    consequences=consequences,
    erase=erase,
)
