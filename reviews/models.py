"""What learners say of sessions they paid for."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking


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

    def shown(self) -> "ReviewQuerySet":
        """With all that a list draws, the newest first."""
        return self.select_related("author__page", "mentor__page", "booking").order_by("-created_at", "-pk")


class Review(models.Model):
    """A mark out of five and a comment: one per billed booking, by its learner (K-17)."""

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

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("évaluation")
        constraints = [
            models.CheckConstraint(condition=Q(mark__gte=1, mark__lte=5), name="review_mark_one_to_five"),
            models.CheckConstraint(condition=~Q(author=F("mentor")), name="review_of_somebody_else"),
            models.CheckConstraint(condition=~Q(comment=""), name="review_has_comment"),
        ]
        indexes = [
            models.Index(fields=["mentor", "-created_at"], name="review_of_mentor"),
            models.Index(fields=["-created_at"], name="review_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.mark}/5 {self.booking_id}"

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


class Invitation(models.Model):
    """A learner is asked for his review after the session, and reminded once."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="review_invitation")
    sent = models.PositiveSmallIntegerField(_("envois"), default=0)
    # None: nothing more to send.
    next_at = models.DateTimeField(_("prochain envoi"), null=True)

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.CheckConstraint(condition=Q(sent__lte=2), name="invitation_and_one_reminder"),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="invitation_due")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.sent}"
