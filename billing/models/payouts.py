"""The mentor's net, sent 48 to 72 hours after the session."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.payments import Settlement, TopUp
from billing.states import PayoutStatus
from core.fields import ReferenceField


class PayoutQuerySet(models.QuerySet["Payout"]):
    def claimable(self, now: datetime, stale_since: datetime) -> "PayoutQuerySet":
        """Due and sendable, or left behind by a worker that died."""
        due = Q(status=PayoutStatus.SCHEDULED, due_at__lte=now, next_attempt_at__lte=now)
        left_behind = Q(status=PayoutStatus.IN_FLIGHT, claimed_at__lt=stale_since)
        return self.filter(due | left_behind)

    def waiting(self) -> "PayoutQuerySet":
        return self.exclude(status=PayoutStatus.PAID)


class Payout(models.Model):
    reference = ReferenceField()
    settlement = models.OneToOneField(Settlement, models.PROTECT, related_name="payout", verbose_name=_("règlement"))
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="payouts", verbose_name=_("mentor")
    )
    amount_cents = models.BigIntegerField(_("montant net"))
    due_at = models.DateTimeField(_("dû le"))
    status = models.CharField(_("état"), max_length=10, choices=PayoutStatus, default=PayoutStatus.SCHEDULED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    next_attempt_at = models.DateTimeField(_("prochain essai"))
    claimed_at = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)
    paid_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("virement")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=[PayoutStatus.SCHEDULED, PayoutStatus.IN_FLIGHT]),
                name="payout_to_send",
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payout_positive")]

    def __str__(self) -> str:
        return self.reference


class PayoutPart(models.Model):
    """One Stripe transfer, tied to the card payment that funds it."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="parts")
    top_up = models.ForeignKey(TopUp, models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField(_("montant"))
    attempt = models.PositiveSmallIntegerField(_("essai"), default=1)
    # When Stripe was asked for this attempt. Without an answer (no transfer yet) it may have been made all the same.
    asked_at = models.DateTimeField(_("demandé le"), null=True, blank=True)
    transfer_id = models.CharField(_("transfert Stripe"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payout", "top_up"], name="payout_part_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payout_part_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}:{self.top_up_id}"
