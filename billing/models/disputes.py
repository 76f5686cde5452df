"""Card disputes: a cardholder asks his bank to take a payment back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.payments import TopUp
from billing.states import DisputeStatus


class Dispute(models.Model):
    """One dispute at Stripe about one card payment."""

    stripe_id = models.CharField(_("contestation Stripe"), max_length=120, unique=True)
    top_up = models.ForeignKey(TopUp, models.PROTECT, related_name="disputes", verbose_name=_("paiement par carte"))
    amount_cents = models.BigIntegerField(_("montant contesté"))
    fee_cents = models.BigIntegerField(_("frais"), default=0)
    # Stripe's word: `fraudulent`, `product_not_received`…
    reason = models.CharField(_("motif de la banque"), max_length=60, blank=True)
    status = models.CharField(_("état"), max_length=10, choices=DisputeStatus)
    evidence_due_by = models.DateTimeField(_("preuves attendues avant le"), null=True, blank=True)
    opened_at = models.DateTimeField(_("ouverte le"))
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)

    class Meta:
        verbose_name = _("contestation bancaire")
        verbose_name_plural = _("contestations bancaires")
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_positive")]
        indexes = [
            models.Index(fields=["top_up"], condition=Q(status=DisputeStatus.OPEN), name="open_disputes"),
        ]

    def __str__(self) -> str:
        return self.stripe_id
