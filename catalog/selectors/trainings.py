"""Trainings as visitors, their authors and the team read them."""

from django.contrib.postgres.search import SearchVector
from django.core.paginator import Page
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts.models import User
from catalog.models import Skill, Training, TrainingEvent, TrainingRevision
from catalog.selectors.paging import MOST, PAGE_SIZE
from catalog.selectors.words import CONFIGURATION, find_skills, query_of, terms_of
from core.identifiers import fingerprint
from core.paging import CountedPaginator
from core.prepared import Prepared

WORDS = ("category", "skill", "title", "description", "suggested_minutes")


def public_trainings(*, words: str = "", skill: Skill | None = None) -> QuerySet[Training]:
    """Validated trainings, those of bookable and well-rated mentors first."""
    rows = Training.objects.public().select_related(
        "category", "skill", "mentor", "mentor__page", "mentor__mentor_profile"
    )
    # Every mentor has a listing. Said here, it is an inner join, which can follow the order of its index.
    rows = rows.filter(mentor__listing__isnull=False)
    if skill:
        rows = rows.filter(skill=skill)
    if terms := terms_of(words):
        query = query_of(terms)
        said = SearchVector("title", "description", config=CONFIGURATION)
        # Their numbers, not a subquery: both halves can then be looked up in their index.
        skills = [skill.pk for skill in find_skills(words, limit=None)]
        rows = rows.alias(said=said).filter(Q(said=query) | Q(skill__in=skills) if skills else Q(said=query))
    return rows.order_by(
        F("mentor__listing__is_bookable").desc(),
        F("mentor__listing__score").desc(),
        "mentor__listing__user_id",
        "title",
    )


def page_of_trainings(words: str, number: str | int | None) -> Page[Training]:
    """Forty pages at most, like every list; beyond, words narrow it."""
    rows = public_trainings(words=words)
    return CountedPaginator(rows, PAGE_SIZE, rows.order_by()[:MOST].count()).get_page(number)


@Prepared
def _public(slug: str) -> QuerySet[Training]:
    return public_trainings().filter(slug=slug)


def get_public_training(slug: str) -> Training:
    training = _public.first(slug)
    if training is None:
        raise Http404
    return training


def get_training_for(user: User, slug: str) -> Training:
    """One of the member's own trainings; 404 for everybody else."""
    training = Training.objects.filter(mentor=user, slug=slug).select_related("category", "skill").first()
    if training is None:
        raise Http404
    return training


@Prepared
def _shown(mentor: int) -> QuerySet[Training]:
    return Training.objects.public().filter(mentor=mentor).select_related("skill").order_by("title")


def shown_trainings_of(mentor: User) -> list[Training]:
    """What visitors of his page see."""
    return _shown.rows(mentor.pk)


def trainings_of(mentor: User, *, public: bool = False) -> QuerySet[Training]:
    """A mentor's trainings: what visitors may see, or all of them for himself."""
    rows = Training.objects.public() if public else Training.objects.all()
    reasons = TrainingEvent.objects.filter(training=OuterRef("pk"), to_status=OuterRef("status"), change="")
    return (
        rows.filter(mentor=mentor)
        .select_related("category", "skill", "revision")
        .annotate(last_reason=Subquery(reasons.values("reason")[:1]))
        .order_by("title")
    )


def trainings_to_review() -> QuerySet[Training]:
    return Training.objects.waiting().select_related("category", "skill", "mentor", "revision")


def revision_of(training: Training) -> TrainingRevision | None:
    return TrainingRevision.objects.filter(training=training).select_related("category", "skill").first()


def reading_of(training: Training) -> str:
    """Of what the team reads before it decides; another one as soon as something there changed."""
    facts = [
        rows.filter(**{key: training.pk}).values_list(*names, "submitted_at").first()
        for rows, key, names in (
            (Training.objects, "pk", (*WORDS, "status")),
            (TrainingRevision.objects, "training", (*WORDS, "refused_at")),
        )
    ]
    return fingerprint(*facts)
