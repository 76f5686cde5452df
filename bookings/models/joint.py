"""What both people decide together about a confirmed booking, beside its terms, which never change (K-1)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models.booking import Booking
from bookings.states import JointKind, JointStatus
from core.fields import ReferenceField


class JointProposal(models.Model):
    """Another hour of the same day, or a cancellation: one proposes, the other accepts this very row."""

    reference = ReferenceField()
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="joint_proposals")
    kind = models.CharField(_("sur"), max_length=12, choices=JointKind)
    status = models.CharField(_("état"), max_length=12, choices=JointStatus, default=JointStatus.OPEN)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("auteur"))
    # The hour proposed; empty for a cancellation.
    starts_at = models.DateTimeField(_("heure proposée"), null=True, blank=True)
    # The consequence both read before they consent; empty for another hour.
    returned_cents = models.BigIntegerField(_("rendu"), null=True, blank=True)
    note = models.CharField(_("message"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("proposée le"))
    lapses_at = models.DateTimeField(_("réponse attendue avant le"))
    answered_at = models.DateTimeField(_("réponse le"), null=True, blank=True)
    # None: nobody answered in time.
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("proposition à deux")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "kind"], condition=Q(status=JointStatus.OPEN), name="one_open_joint_proposal"
            ),
            models.CheckConstraint(
                condition=Q(kind=JointKind.HOUR, starts_at__isnull=False, returned_cents=None)
                | Q(kind=JointKind.CANCELLATION, starts_at=None, returned_cents__isnull=False),
                name="joint_proposal_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["lapses_at"], condition=Q(status=JointStatus.OPEN), name="joint_proposal_lapsing")
        ]

    def __str__(self) -> str:
        return self.reference

    def is_live(self, now: datetime) -> bool:
        """Still to be answered."""
        return self.status == JointStatus.OPEN and now < self.lapses_at and self.booking.can_be_settled_together

    def awaits(self, user: User) -> bool:
        return user.pk != self.author_id
