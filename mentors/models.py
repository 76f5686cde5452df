"""Who asks to be a mentor, at what rate, and when he is usually free."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import half_up
from mentors.rules import MAX_RATE_CENTS
from mentors.states import CAN_SUBMIT, MentorStatus

# Weight of the prior mean: a first mark moves the score a little, the tenth a lot. See « Classement ».
PRIOR_COUNT = 5
PRIOR_SUM = 20


class MentorProfileQuerySet(models.QuerySet["MentorProfile"]):
    def bookable(self) -> "MentorProfileQuerySet":
        return self.filter(is_bookable=True)

    def validated(self) -> "MentorProfileQuerySet":
        return self.filter(status=MentorStatus.VALIDATED)

    def waiting(self) -> "MentorProfileQuerySet":
        """What the team has to read, oldest first."""
        return self.filter(status=MentorStatus.SUBMITTED).order_by("submitted_at")


class MentorProfile(models.Model):
    """A member's request to become a mentor, then the mentor himself."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentor_profile", verbose_name=_("membre")
    )
    status = models.CharField(_("état"), max_length=20, choices=MentorStatus, default=MentorStatus.DRAFT)
    hourly_rate_cents = models.BigIntegerField(_("tarif horaire"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("envoyée le"), null=True, blank=True)
    validated_at = models.DateTimeField(_("validé le"), null=True, blank=True)
    # A refusal has a second look: what one person of the team proposed, until another one decides.
    refusal_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("refus proposé par"),
    )
    refusal_proposed_at = models.DateTimeField(_("refus proposé le"), null=True, blank=True)
    refusal_reason = models.TextField(_("raison du refus proposé"), blank=True)
    rating_sum = models.PositiveIntegerField(_("somme des notes"), default=0)
    rating_count = models.PositiveIntegerField(_("nombre d’avis"), default=0)
    # Orders the lists: the mean of the marks, in thousandths, drawn towards 4 while there are few.
    score = models.GeneratedField(
        expression=(F("rating_sum") + PRIOR_SUM) * 1000 / (F("rating_count") + PRIOR_COUNT),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    # Kept by triggers in the database (migration 0002), so that it cannot disagree with what it is computed from.
    is_bookable = models.BooleanField(_("réservable"), default=False, editable=False)

    objects = MentorProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de mentor")
        verbose_name_plural = _("demandes de mentors")
        constraints = [
            models.CheckConstraint(
                condition=Q(hourly_rate_cents=None)
                | (Q(hourly_rate_cents__gt=0) & Q(hourly_rate_cents__lte=MAX_RATE_CENTS)),
                name="mentor_rate_possible",
            ),
            models.CheckConstraint(
                condition=Q(rating_sum__gte=F("rating_count")) & Q(rating_sum__lte=5 * F("rating_count")),
                name="mentor_marks_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(refusal_proposed_by=None) | Q(status=MentorStatus.SUBMITTED),
                name="mentor_refusal_proposed_while_read",
            ),
            # SK-23: no mentor without a rate.
            models.CheckConstraint(
                condition=~Q(status=MentorStatus.VALIDATED) | Q(hourly_rate_cents__isnull=False),
                name="mentor_validated_has_rate",
            ),
        ]
        indexes = [
            models.Index(F("score").desc(), "id", name="mentor_bookable_by_score", condition=Q(is_bookable=True)),
            models.Index(
                fields=["hourly_rate_cents", "id"], name="mentor_bookable_by_rate", condition=Q(is_bookable=True)
            ),
            models.Index(fields=["submitted_at"], name="mentor_queue", condition=Q(status=MentorStatus.SUBMITTED)),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_validated(self) -> bool:
        return self.status == MentorStatus.VALIDATED

    @property
    def has_begun(self) -> bool:
        """False for the unsaved draft that stands for no request at all."""
        return not self._state.adding

    @property
    def can_submit(self) -> bool:
        return self.status in CAN_SUBMIT

    @property
    def rating_tenths(self) -> int | None:
        """The mean mark in tenths, rounded half up: 49 is 4,9."""
        if not self.rating_count:
            return None
        return half_up(10 * self.rating_sum, self.rating_count)


class MentorApplicationEvent(models.Model):
    """A step of a request. Rows are added, never edited."""

    profile = models.ForeignKey(
        MentorProfile, models.PROTECT, related_name="events", verbose_name=_("demande de mentor")
    )
    from_status = models.CharField(_("de"), max_length=20, choices=MentorStatus)
    to_status = models.CharField(_("à"), max_length=20, choices=MentorStatus)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par"))
    reason = models.TextField(_("raison"), blank=True)
    at = models.DateTimeField(_("quand"))

    class Meta:
        verbose_name = _("étape")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"


class AvailabilityHint(models.Model):
    """When a mentor is usually free, in his own time zone. Guidance only: other dates may be proposed (SK-38)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Lundi")
        TUESDAY = 1, _("Mardi")
        WEDNESDAY = 2, _("Mercredi")
        THURSDAY = 3, _("Jeudi")
        FRIDAY = 4, _("Vendredi")
        SATURDAY = 5, _("Samedi")
        SUNDAY = 6, _("Dimanche")

    mentor = models.ForeignKey(MentorProfile, models.CASCADE, related_name="availability", verbose_name=_("mentor"))
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday)
    starts = models.TimeField(_("de"))
    ends = models.TimeField(_("à"))

    class Meta:
        verbose_name = _("disponibilité")
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="availability_in_order"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="availability_weekday"),
            models.UniqueConstraint(fields=["mentor", "weekday", "starts"], name="availability_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class RegisterAnswer(models.Model):
    """What the public company register says of a SIREN. No row: it was not asked, or did not answer."""

    siren = models.CharField(_("numéro SIREN"), max_length=9, primary_key=True)
    asked_at = models.DateTimeField(_("consulté le"))
    # Some companies ask not to be shown: unknown is no reason to refuse.
    is_known = models.BooleanField(_("connu"))
    is_closed = models.BooleanField(_("fermée"))
    closed_on = models.DateField(_("fermée le"), null=True, blank=True)
    name = models.CharField(_("nom"), max_length=200, blank=True)
    address = models.CharField(_("adresse"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("réponse du registre")

    def __str__(self) -> str:
        return self.siren
