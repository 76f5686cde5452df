"""The inbox of Stripe's webhooks: stored first, handled later, each once."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def due(self, now: datetime) -> "StripeEventQuerySet":
        return self.filter(handled_at__isnull=True, next_attempt_at__lte=now)

    def given_up(self) -> "StripeEventQuerySet":
        """Nobody knew their object for a day: staff must look."""
        return self.filter(handled_at__isnull=True, next_attempt_at__isnull=True)


class StripeEvent(models.Model):
    """`next_attempt_at` is also the claim: a worker moves it ahead before it starts. Empty: handled, or given up."""

    event_id = models.CharField(_("événement"), max_length=120, unique=True)
    type = models.CharField(_("type"), max_length=120)
    object_id = models.CharField(_("objet"), max_length=120, blank=True)
    payload = models.JSONField()
    received_at = models.DateTimeField(_("reçu le"))
    handled_at = models.DateTimeField(_("traité le"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("événement Stripe")
        verbose_name_plural = _("événements Stripe")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(handled_at__isnull=True), name="stripe_event_due"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
