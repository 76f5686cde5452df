"""What members can teach: a controlled list of skills, who declared which, and mentors' trainings."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.states import TrainingStatus
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
        """What the team has to read: new trainings and changes to public ones."""
        return self.filter(Q(status=TrainingStatus.SUBMITTED) | Q(revision__isnull=False)).order_by("submitted_at")


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
    """A change to a public training that waits for the team; visitors still read the old text (K-22)."""

    training = models.OneToOneField(Training, models.CASCADE, related_name="revision", verbose_name=_("formation"))
    submitted_at = models.DateTimeField(_("envoyée le"))

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
    reason = models.TextField(_("raison"), blank=True)
    at = models.DateTimeField(_("quand"))

    class Meta:
        verbose_name = _("étape")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"
