"""Unused credit given back to the card that paid it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.payments import TopUp
from billing.states import RefundStatus
from core.fields import ReferenceField


class RefundQuerySet(models.QuerySet["Refund"]):
    def claimable(self, now: datetime, stale_since: datetime) -> "RefundQuerySet":
        """Due, or left behind by a worker that died."""
        due = Q(status=RefundStatus.DUE, next_attempt_at__lte=now)
        left_behind = Q(status=RefundStatus.IN_FLIGHT, claimed_at__lt=stale_since)
        return self.filter(due | left_behind)


class Refund(models.Model):
    """One refund at Stripe, of one card payment. It left the credit when the row was made."""

    reference = ReferenceField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="refunds", verbose_name=_("membre"))
    top_up = models.ForeignKey(TopUp, models.PROTECT, related_name="refunds", verbose_name=_("paiement par carte"))
    amount_cents = models.BigIntegerField(_("montant"))
    status = models.CharField(_("état"), max_length=10, choices=RefundStatus, default=RefundStatus.DUE)
    requested_at = models.DateTimeField(_("demandé le"))
    # A new number for each question after a definite refusal: part of the key at Stripe.
    attempt = models.PositiveSmallIntegerField(_("essai"), default=1)
    next_attempt_at = models.DateTimeField(_("prochain essai"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    # When Stripe was asked for this attempt: without an answer it may have been made all the same.
    asked_at = models.DateTimeField(null=True, blank=True)
    refund_id = models.CharField(_("remboursement Stripe"), max_length=120, blank=True, db_index=True)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    failed_at = models.DateTimeField(_("échoué le"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("remboursement")
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_positive")]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=[RefundStatus.DUE, RefundStatus.IN_FLIGHT]),
                name="refund_to_send",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
