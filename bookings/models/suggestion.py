"""What a mentor proposes to a learner, who alone can make a request of it (K-14)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings import rules
from bookings.models.booking import Booking
from catalog.models import Skill, Training
from core.fields import ReferenceField


class Suggestion(models.Model):
    """A request the mentor filled in for the learner. It binds nobody and takes no hour."""

    reference = ReferenceField()
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("mentor"))
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("apprenant"))
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, blank=True, verbose_name=_("compétence"))
    training = models.ForeignKey(Training, models.SET_NULL, null=True, blank=True, verbose_name=_("formation"))
    subject = models.CharField(_("sujet"), max_length=160)
    # The hour is one of the learner's zone, as in his own requests.
    time_zone = models.CharField(_("fuseau horaire"), max_length=64)
    starts_at = models.DateTimeField(_("début"))
    duration_minutes = models.PositiveSmallIntegerField(_("durée en minutes"))
    objectives = models.TextField(_("objectifs"), max_length=2000)
    note = models.TextField(_("message"), max_length=1000, blank=True)
    hourly_rate_cents = models.BigIntegerField(_("tarif horaire"))
    client_token = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(_("proposée le"))
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    # The request the learner made of it.
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="suggestion")

    class Meta:
        verbose_name = _("proposition de session")
        constraints = [
            models.CheckConstraint(condition=~Q(learner=F("mentor")), name="suggestion_two_people"),
            models.UniqueConstraint(fields=["mentor", "client_token"], name="suggested_once"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The form of a request, filled in."""
        return f"{reverse('bookings:new')}?mentor={self.mentor.page.slug}&proposition={self.reference}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def maximum_cents(self) -> int:
        return rules.maximum_cents(self.hourly_rate_cents, self.duration_minutes)

    def is_live(self, now: datetime) -> bool:
        """Can still become a request."""
        return self.booking_id is None and now < self.expires_at
