"""The mentor's net, sent 48 to 72 hours after the session."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.payments import Settlement, TopUp
from billing.states import PayoutStatus, ReversalStatus
from core.fields import ReferenceField

# What is still to leave, or did not.
UNSENT = [PayoutStatus.SCHEDULED, PayoutStatus.IN_FLIGHT, PayoutStatus.FAILED]


class PayoutQuerySet(models.QuerySet["Payout"]):
    def claimable(self, now: datetime, stale_since: datetime) -> "PayoutQuerySet":
        """Due and sendable, or left behind by a worker that died."""
        due = Q(status=PayoutStatus.SCHEDULED, due_at__lte=now, next_attempt_at__lte=now)
        left_behind = Q(status=PayoutStatus.IN_FLIGHT, claimed_at__lt=stale_since)
        return self.filter(due | left_behind)

    def overdue(self, now: datetime, promised: timedelta) -> "PayoutQuerySet":
        """Not sent although the promise is over. A suspended one waits for a decision instead."""
        return self.filter(status__in=UNSENT, due_at__lte=now - promised)

    def waiting(self) -> "PayoutQuerySet":
        return self.exclude(status__in=[PayoutStatus.PAID, PayoutStatus.CANCELED])


class Payout(models.Model):
    reference = ReferenceField()
    settlement = models.OneToOneField(Settlement, models.PROTECT, related_name="payout", verbose_name=_("règlement"))
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="payouts", verbose_name=_("mentor")
    )
    # The net of the settlement. What is sent is less after an adjustment, or when the mentor owes something.
    amount_cents = models.BigIntegerField(_("montant net"))
    adjusted_cents = models.BigIntegerField(_("retiré avant l’envoi"), default=0)
    set_off_cents = models.BigIntegerField(_("compensé avec une dette"), default=0)
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
            models.Index(fields=["due_at"], condition=Q(status__in=UNSENT), name="payout_unsent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=Q(adjusted_cents__gte=0)
                & Q(set_off_cents__gte=0)
                & Q(amount_cents__gte=F("adjusted_cents") + F("set_off_cents")),
                name="payout_reduced_within",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def to_send_cents(self) -> int:
        """The sum of its parts: what Stripe transfers in the end."""
        return self.amount_cents - self.adjusted_cents - self.set_off_cents


class PayoutPartQuerySet(models.QuerySet["PayoutPart"]):
    def unsent(self) -> "PayoutPartQuerySet":
        """Something of it is still to leave, or may have left without our knowing."""
        return self.filter(transfer_id="", amount_cents__gt=0)

    def unasked(self) -> "PayoutPartQuerySet":
        """Surely still here: what a debt or a decision may take from. Under the lock of the payout."""
        return self.unsent().filter(asked_at=None)

    def gone(self) -> "PayoutPartQuerySet":
        """Sent, or asked for: only Stripe can bring it back."""
        return self.filter(~Q(transfer_id="") | Q(asked_at__isnull=False), amount_cents__gt=0)


class PayoutPart(models.Model):
    """One Stripe transfer, tied to the card payment that funds it."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="parts")
    top_up = models.ForeignKey(TopUp, models.PROTECT, related_name="+")
    # Zero when nothing of it is left to send.
    amount_cents = models.BigIntegerField(_("montant"))
    # Sent from the platform's own balance, naming no card payment: Stripe refused the one that funds it.
    is_from_balance = models.BooleanField(default=False)
    attempt = models.PositiveSmallIntegerField(_("essai"), default=1)
    # When Stripe was asked for this attempt. Without an answer (no transfer yet) it may have been made all the same.
    asked_at = models.DateTimeField(_("demandé le"), null=True, blank=True)
    transfer_id = models.CharField(_("transfert Stripe"), max_length=120, blank=True, db_index=True)

    objects = PayoutPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payout", "top_up"], name="payout_part_once"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="payout_part_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}:{self.top_up_id}"


class PayoutSuspension(models.Model):
    """Why a payout waits: a complaint, an open case, a card dispute. It leaves when the last cause is lifted."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="suspensions")
    cause = models.CharField(_("cause"), max_length=80)
    opened_at = models.DateTimeField(_("depuis le"))
    lifted_at = models.DateTimeField(_("levée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("suspension")
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "cause"], condition=Q(lifted_at__isnull=True), name="one_open_suspension_per_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.cause}"


class TransferReversalQuerySet(models.QuerySet["TransferReversal"]):
    def open(self) -> "TransferReversalQuerySet":
        """On its way back: a debt that needs no set-off for now."""
        return self.filter(status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT])

    def standing(self) -> "TransferReversalQuerySet":
        """Taken back, or to be: what a transfer has less."""
        return self.exclude(status=ReversalStatus.REFUSED)

    def claimable(self, now: datetime, stale_since: datetime) -> "TransferReversalQuerySet":
        """Due, once it is known whether its transfer was made; or left behind by a worker that died."""
        never_asked = Q(part__asked_at=None) & ~Q(part__payout__status=PayoutStatus.IN_FLIGHT)
        is_known = ~Q(part__transfer_id="") | never_asked
        due = Q(status=ReversalStatus.DUE, next_attempt_at__lte=now)
        left_behind = Q(status=ReversalStatus.IN_FLIGHT, claimed_at__lt=stale_since)
        return self.filter(due & is_known | left_behind)


class TransferReversal(models.Model):
    """Money to take back from a mentor's Stripe account. He owes it on the ledger from the decision on."""

    reference = ReferenceField()
    part = models.ForeignKey(PayoutPart, models.PROTECT, related_name="reversals")
    amount_cents = models.BigIntegerField(_("montant"))
    # The adjustment that asks for it.
    cause = models.CharField(_("cause"), max_length=80)
    status = models.CharField(_("état"), max_length=10, choices=ReversalStatus, default=ReversalStatus.DUE)
    attempt = models.PositiveSmallIntegerField(_("essai"), default=1)
    next_attempt_at = models.DateTimeField(_("prochain essai"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    reversal_id = models.CharField(_("reprise Stripe"), max_length=120, blank=True, db_index=True)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("demandé le"))
    done_at = models.DateTimeField(_("repris le"), null=True, blank=True)

    objects = TransferReversalQuerySet.as_manager()

    class Meta:
        verbose_name = _("reprise de virement")
        verbose_name_plural = _("reprises de virement")
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="reversal_positive"),
            models.UniqueConstraint(fields=["part", "cause"], name="reversal_once_per_cause"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT]),
                name="reversal_to_make",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
