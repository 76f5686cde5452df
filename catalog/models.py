"""What members can teach: a controlled list of skills, who declared which, and mentors' trainings."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.states import ChangeStep, ProposalStatus, TrainingStatus
from mentors.states import MentorStatus

MINUTES_STEP = 5
MIN_MINUTES = 15
MAX_MINUTES = 480


class CategoryQuerySet(models.QuerySet["Category"]):
    def validated(self) -> "CategoryQuerySet":
        return self.filter(is_validated=True)


class Category(models.Model):
    name = models.CharField(_("nom"), max_length=60, unique=True)
    slug = models.SlugField(_("adresse"), max_length=70, unique=True)
    # A name proposed by a mentor waits here for the team (SK-34).
    is_validated = models.BooleanField(_("validée"), default=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposée par"),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("catégorie")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SkillQuerySet(models.QuerySet["Skill"]):
    def validated(self) -> "SkillQuerySet":
        return self.filter(is_validated=True, category__is_validated=True)


class Skill(models.Model):
    category = models.ForeignKey(Category, models.PROTECT, related_name="skills", verbose_name=_("catégorie"))
    name = models.CharField(_("nom"), max_length=60, unique=True)
    slug = models.SlugField(_("adresse"), max_length=70, unique=True)
    # A name proposed by a mentor waits here for the team (SK-35).
    is_validated = models.BooleanField(_("validée"), default=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposée par"),
    )

    objects = SkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("compétence")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:community_skill", args=[self.slug])


class MemberSkill(models.Model):
    """A member says he can teach this: he is listed for it at once (SK-28)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="member_skills", verbose_name=_("membre")
    )
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="member_skills", verbose_name=_("compétence"))
    created_at = models.DateTimeField(_("déclarée le"))

    class Meta:
        verbose_name = _("compétence déclarée")
        verbose_name_plural = _("compétences déclarées")
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["skill", "user"], name="member_skill_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.skill_id}"


# Each word of a document, and each of its beginnings as a word of its own (migrations 0009, 0010).
BEGINNINGS = models.Func("document", function="catalog_beginnings", output_field=SearchVectorField())


class Listing(models.Model):
    """A member as lists and searches know him: one row for each page, kept by the database (migration 0005).

    `facets` hold what filters ask for: `s12` a skill, `c3` a category, `langlais` a language. `days` has one bit for
    each weekday, Monday first, then one for the evening of each.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="listing")
    # Active, with a skill of the validated list.
    is_listed = models.BooleanField(db_default=False)
    is_bookable = models.BooleanField(db_default=False)
    # Of bookable mentors only.
    rate_cents = models.BigIntegerField(null=True)
    score = models.IntegerField(db_default=0)
    mark_sum = models.PositiveIntegerField(db_default=0)
    mark_count = models.PositiveIntegerField(db_default=0)
    days = models.IntegerField(db_default=0)
    facets = ArrayField(models.TextField(), db_default=models.Value([]))
    skill_names = ArrayField(models.TextField(), db_default=models.Value([]))
    # The middle delay of his latest answers; measured each night, empty when there are too few.
    answer_minutes = models.PositiveIntegerField(null=True)
    # Without accents or capitals: names are looked for by their likeness.
    name = models.TextField(db_default="")
    document = SearchVectorField(db_default=models.Value(""))

    class Meta:
        indexes = [
            # Trainings are listed in this order too, also those of mentors who declared no skill.
            models.Index(F("is_bookable").desc(), F("score").desc(), "user", name="listing_by_score"),
            models.Index(
                F("is_bookable").desc(), "rate_cents", "user", condition=Q(is_listed=True), name="listing_by_rate"
            ),
            models.Index(
                F("mark_count").desc(), F("score").desc(), "user", condition=Q(is_listed=True), name="listing_by_marks"
            ),
            GinIndex(fields=["facets"], condition=Q(is_listed=True), name="listing_facets"),
            GinIndex(BEGINNINGS, condition=Q(is_listed=True), name="listing_beginnings"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], condition=Q(is_listed=True), name="listing_names"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"


class TrainingText(models.Model):
    """What a mentor writes of a training (SK-31)."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("catégorie"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="%(class)ss", verbose_name=_("compétence"))
    title = models.CharField(_("titre"), max_length=100)
    description = models.TextField(_("description"), max_length=4000)
    suggested_minutes = models.PositiveSmallIntegerField(_("durée conseillée"), default=60)

    class Meta:
        abstract = True


class TrainingQuerySet(models.QuerySet["Training"]):
    def public(self) -> "TrainingQuerySet":
        """Validated, under a validated category and skill, by somebody who is a mentor (SK-32, SK-36)."""
        return self.filter(
            status=TrainingStatus.VALIDATED,
            skill__is_validated=True,
            category__is_validated=True,
            mentor__is_active=True,
            mentor__mentor_profile__status=MentorStatus.VALIDATED,
        )

    def waiting(self) -> "TrainingQuerySet":
        """What the team has to read, oldest first: new trainings and changes to public ones."""
        change = Q(revision__isnull=False, revision__refused_at=None)
        waiting_since = Coalesce("revision__submitted_at", "submitted_at")
        rows = self.filter(Q(status=TrainingStatus.SUBMITTED) | change).annotate(waiting_since=waiting_since)
        return rows.order_by("waiting_since", "pk")


class Training(TrainingText):
    """A training of a mentor. Its text is what visitors read once it is validated."""

    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="trainings", verbose_name=_("mentor")
    )
    slug = models.SlugField(_("adresse"), max_length=120, unique=True)
    status = models.CharField(_("état"), max_length=10, choices=TrainingStatus, default=TrainingStatus.DRAFT)
    submitted_at = models.DateTimeField(_("envoyée le"), null=True, blank=True)
    created_at = models.DateTimeField(_("créée le"))

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("formation")
        ordering = ["title"]
        indexes = [
            GinIndex(SearchVector("title", "description", config="skilmi_french"), name="training_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(suggested_minutes__gte=MIN_MINUTES) & Q(suggested_minutes__lte=MAX_MINUTES),
                name="training_minutes_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:training", args=[self.slug])


class TrainingRevision(TrainingText):
    """A change to a public training that waits for the team; visitors still read the old text (K-22).

    A refused change is kept: its author corrects it, and sends it again, or withdraws it.
    """

    training = models.OneToOneField(Training, models.CASCADE, related_name="revision", verbose_name=_("formation"))
    submitted_at = models.DateTimeField(_("envoyée le"))
    refused_at = models.DateTimeField(_("refusée le"), null=True, blank=True)
    refusal = models.TextField(_("raison du refus"), blank=True)

    class Meta:
        verbose_name = _("modification de formation")
        verbose_name_plural = _("modifications de formations")

    def __str__(self) -> str:
        return self.title


class TrainingEvent(models.Model):
    """A step of a training. Rows are added, never edited."""

    training = models.ForeignKey(Training, models.PROTECT, related_name="events", verbose_name=_("formation"))
    from_status = models.CharField(_("de"), max_length=10, choices=TrainingStatus)
    to_status = models.CharField(_("à"), max_length=10, choices=TrainingStatus)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par"))
    # Of a step of the change alone: the training stays as it is.
    change = models.CharField(_("modification"), max_length=10, choices=ChangeStep, blank=True)
    reason = models.TextField(_("raison"), blank=True)
    at = models.DateTimeField(_("quand"))

    class Meta:
        verbose_name = _("étape")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.outcome if self.change else f"{self.get_from_status_display()} → {self.outcome}"

    @property
    def outcome(self) -> str:
        """What the step led to, in words."""
        return self.get_change_display() if self.change else self.get_to_status_display()


class FormerName(models.Model):
    """An address, and the name it stood for, that lead elsewhere since a merge or a new name."""

    slug = models.SlugField(_("ancienne adresse"), max_length=70, unique=True)
    name = models.CharField(_("ancien nom"), max_length=60)
    created_at = models.DateTimeField(_("depuis le"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class CategoryAlias(FormerName):
    category = models.ForeignKey(Category, models.CASCADE, related_name="aliases", verbose_name=_("catégorie"))

    class Meta:
        verbose_name = _("ancien nom de catégorie")
        verbose_name_plural = _("anciens noms de catégories")


class SkillAlias(FormerName):
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="aliases", verbose_name=_("compétence"))

    class Meta:
        verbose_name = _("ancien nom de compétence")
        verbose_name_plural = _("anciens noms de compétences")


class ProposalQuerySet(models.QuerySet["NameProposal"]):
    def waiting(self) -> "ProposalQuerySet":
        """What the team has to read, oldest first."""
        return self.filter(status=ProposalStatus.WAITING).order_by("proposed_at", "pk")


class NameProposal(models.Model):
    """A name that a mentor missed in the list, and what the team decided (SK-34, SK-35). Rows are kept.

    `skill` or `category` is the name proposed; after a merge, the one that took its place.
    """

    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="name_proposals", verbose_name=_("proposée par")
    )
    skill = models.ForeignKey(
        Skill, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("compétence")
    )
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("catégorie")
    )
    name = models.CharField(_("nom proposé"), max_length=60)
    status = models.CharField(_("état"), max_length=10, choices=ProposalStatus, default=ProposalStatus.WAITING)
    proposed_at = models.DateTimeField(_("proposée le"))
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("décidée par")
    )
    reason = models.TextField(_("raison"), blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("nom proposé")
        verbose_name_plural = _("noms proposés")
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(skill=None) | Q(category=None), name="proposal_of_one_name"),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.WAITING, decided_at=None, decided_by=None)
                | Q(~Q(status=ProposalStatus.WAITING), decided_at__isnull=False, decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["skill"], condition=Q(status=ProposalStatus.WAITING), name="proposal_of_skill_waits_once"
            ),
            models.UniqueConstraint(
                fields=["category"], condition=Q(status=ProposalStatus.WAITING), name="proposal_of_category_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_category(self) -> bool:
        return self.category_id is not None
