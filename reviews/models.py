"""What learners say of sessions they paid for."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking
from core.identifiers import new_reference
from reviews.rules import Mask, masked
from reviews.states import Ground, ReportStatus, ReviewStatus, Step

REFERENCE_LENGTH = 24


class Mark(models.IntegerChoices):
    """In words, the best first as the form shows them."""

    FIVE = 5, _("Excellent")
    FOUR = 4, _("Très bien")
    THREE = 3, _("Bien")
    TWO = 2, _("Décevant")
    ONE = 1, _("Mauvais")


class ReviewQuerySet(models.QuerySet["Review"]):
    def of(self, mentor: User) -> "ReviewQuerySet":
        return self.filter(mentor=mentor)

    def drawn(self) -> "ReviewQuerySet":
        """With all that a list draws, the newest first."""
        return self.select_related("author__page", "mentor__page", "booking").order_by("-created_at", "-pk")

    def shown(self) -> "ReviewQuerySet":
        """What everybody reads."""
        return self.drawn().filter(status=ReviewStatus.SHOWN)


class Review(models.Model):
    """A mark out of five and a comment: one per billed booking, by its learner (K-17)."""

    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True, default=new_reference, editable=False)
    status = models.CharField(_("état"), max_length=8, choices=ReviewStatus, default=ReviewStatus.SHOWN)
    booking = models.OneToOneField(Booking, models.PROTECT, related_name="review", verbose_name=_("réservation"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_written", verbose_name=_("auteur")
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_received", verbose_name=_("mentor")
    )
    mark = models.PositiveSmallIntegerField(
        _("note"), choices=Mark, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(_("commentaire"), max_length=2000)
    created_at = models.DateTimeField(_("publié le"))
    edited_at = models.DateTimeField(_("modifié le"), null=True, blank=True)
    # Rows of start, end and ground; what the author wrote stays as it is, for the team.
    masks = models.JSONField(_("passages masqués"), default=list, blank=True)
    reply = models.TextField(_("réponse du mentor"), max_length=2000, blank=True)
    replied_at = models.DateTimeField(_("réponse publiée le"), null=True, blank=True)
    reply_edited_at = models.DateTimeField(_("réponse modifiée le"), null=True, blank=True)
    # What the mentor wrote stays for the team.
    reply_removed_at = models.DateTimeField(_("réponse retirée le"), null=True, blank=True)

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")
        constraints = [
            models.CheckConstraint(condition=Q(mark__gte=1, mark__lte=5), name="review_mark_one_to_five"),
            models.CheckConstraint(condition=~Q(author=F("mentor")), name="review_of_somebody_else"),
            models.CheckConstraint(condition=~Q(comment=""), name="review_has_comment"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None) | ~Q(reply="") & Q(replied_at__isnull=False),
                name="review_reply_has_date",
            ),
            models.CheckConstraint(
                condition=Q(reply_removed_at=None) | ~Q(reply=""), name="review_only_a_reply_is_removed"
            ),
        ]
        indexes = [
            models.Index(fields=["mentor", "-created_at"], name="review_of_mentor"),
            models.Index(fields=["-created_at"], name="review_latest"),
        ]

    def __str__(self) -> str:
        return gettext("Avis %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        """For its two people."""
        return reverse("reviews:detail", args=[self.reference])

    @property
    def number(self) -> str:
        """What people read out; the whole reference is for addresses."""
        return self.reference[:8].upper()

    @property
    def address(self) -> str:
        """Where everybody reads it."""
        return f"{self.mentor.page.get_absolute_url()}#avis"

    @property
    def is_removed(self) -> bool:
        return self.status == ReviewStatus.REMOVED

    @property
    def text(self) -> str:
        """The comment as everybody reads it."""
        return masked(self.comment, [Mask(*each) for each in self.masks])

    @property
    def has_public_reply(self) -> bool:
        return bool(self.reply) and self.reply_removed_at is None

    @property
    def public_reply(self) -> str:
        """The reply as everybody reads it: none once the team removed it."""
        return self.reply if self.has_public_reply else ""

    @property
    def about(self) -> str:
        return self.booking.subject

    @property
    def author_name(self) -> str:
        return self.author.get_short_name()

    @property
    def at(self) -> datetime:
        return self.created_at

    @property
    def session_at(self) -> datetime:
        """The date of the session is shown beside the date of the review, as French law asks."""
        return self.booking.starts_at


class ReviewReport(models.Model):
    """The mentor finds the review insulting or defamatory (SK-101): once, and it stays shown meanwhile."""

    review = models.OneToOneField(Review, models.PROTECT, related_name="report", verbose_name=_("évaluation"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signalé par")
    )
    ground = models.CharField(_("motif"), max_length=16, choices=Ground)
    passage = models.TextField(_("passage en cause"), max_length=2000)
    words = models.TextField(_("explication"), max_length=2000)
    status = models.CharField(_("état"), max_length=8, choices=ReportStatus, default=ReportStatus.WAITING)
    created_at = models.DateTimeField(_("signalé le"))

    class Meta:
        verbose_name = _("signalement d’un avis")
        indexes = [
            models.Index(fields=["created_at"], condition=Q(status=ReportStatus.WAITING), name="review_report_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} ({self.review_id})"

    @property
    def is_waiting(self) -> bool:
        return self.status == ReportStatus.WAITING


class ReviewEvent(models.Model):
    """What the team did to a review, and why. Rows are added, never edited."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="events")
    step = models.CharField(max_length=8, choices=Step)
    from_status = models.CharField(max_length=8, choices=ReviewStatus)
    to_status = models.CharField(max_length=8, choices=ReviewStatus)
    ground = models.CharField(max_length=16, choices=Ground, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            # SK-102: a removal has its legal ground, of a closed list.
            models.CheckConstraint(
                condition=~Q(step=Step.REMOVED) | Q(ground__in=[Ground.INSULT, Ground.DEFAMATION]),
                name="review_removed_on_legal_ground",
            ),
            models.CheckConstraint(condition=~Q(step=Step.REPLY, ground=""), name="review_reply_removed_on_ground"),
            models.CheckConstraint(condition=~Q(reason=""), name="review_event_has_reason"),
        ]

    def __str__(self) -> str:
        words = self.get_step_display()
        return f"{words} ({self.get_ground_display()})" if self.ground else words


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def due(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(next_at__lte=now)


class Invitation(models.Model):
    """A learner is asked for his review after the session, and reminded once."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="review_invitation")
    sent = models.PositiveSmallIntegerField(_("envois"), default=0)
    # None: nothing more to send.
    next_at = models.DateTimeField(_("prochain envoi"), null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.CheckConstraint(condition=Q(sent__lte=2), name="invitation_and_one_reminder"),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="invitation_due")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.sent}"
