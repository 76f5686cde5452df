"""The inbox of Stripe's webhooks: stored first, handled later, each once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StripeEvent(models.Model):
    event_id = models.CharField(_("événement"), max_length=120, unique=True)
    type = models.CharField(_("type"), max_length=120)
    object_id = models.CharField(_("objet"), max_length=120, db_index=True)
    payload = models.JSONField()
    received_at = models.DateTimeField(_("reçu le"))
    handled_at = models.DateTimeField(_("traité le"), null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("événement Stripe")
        verbose_name_plural = _("événements Stripe")

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
