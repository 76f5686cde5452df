"""Money coming in, blocked, and settled. `reference` is opaque: billing never knows what a booking is."""

from datetime import datetime
from typing import TypedDict, cast

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import WithAnnotations

from billing.states import DisputeStatus, HoldStatus, TopUpOrigin, TopUpStatus, VatRegime
from core.fields import ReferenceField
from core.money import NO_BREAK_SPACE

# As the networks write themselves; an unknown one is shown as Stripe names it.
CARD_BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "CB",
    "mastercard": "Mastercard",
    "visa": "Visa",
}


class Refundable(TypedDict):
    refundable_cents: int


class TopUpQuerySet(models.QuerySet["TopUp"]):
    def to_close(self, now: datetime) -> "TopUpQuerySet":
        """Not paid within its time."""
        return self.filter(status=TopUpStatus.OPEN, expires_at__lte=now)

    def refundable(self) -> "models.QuerySet[WithAnnotations[TopUp, Refundable]]":
        """Paid by a card that can be credited, with something left (`refundable_cents`), the oldest first.

        A gift has no card; what a lost dispute took of a charge was given back by the bank already.
        """
        free = F("amount_cents") - F("allocated_cents") - F("refunded_cents") - F("lost_cents")
        at_stripe = F("amount_cents") - F("refunded_cents") - F("disputed_cents")
        paid = self.filter(status=TopUpStatus.PAID).exclude(origin=TopUpOrigin.GOODWILL)
        left = paid.alias(disputed_cents=_disputed()).annotate(refundable_cents=Least(free, at_stripe))
        rows = left.filter(refundable_cents__gt=0).order_by("paid_at", "pk")
        return cast("models.QuerySet[WithAnnotations[TopUp, Refundable]]", rows)


class TopUp(models.Model):
    """A card payment that feeds a learner's credit."""

    reference = ReferenceField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="top_ups", verbose_name=_("payeur"))
    purpose = models.CharField(_("objet"), max_length=80, blank=True, db_index=True)
    # Which hold of the booking it is for: 1, or more for an extension.
    hold_number = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(_("origine"), max_length=10, choices=TopUpOrigin, default=TopUpOrigin.CHECKOUT)
    amount_cents = models.BigIntegerField(_("montant"))
    status = models.CharField(_("état"), max_length=8, choices=TopUpStatus, default=TopUpStatus.OPEN)
    expires_at = models.DateTimeField(_("à payer avant le"))
    checkout_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    checkout_url = models.URLField(max_length=1000, blank=True)
    payment_intent_id = models.CharField(max_length=120, blank=True, db_index=True)
    charge_id = models.CharField(max_length=120, blank=True, db_index=True)
    card_brand = models.CharField(_("réseau de la carte"), max_length=20, blank=True)
    card_last4 = models.CharField(_("fin du numéro de carte"), max_length=4, blank=True)
    # Where its euros are: kept by bookings, given back to the card, taken by a lost dispute. The rest is credit.
    allocated_cents = models.BigIntegerField(_("déjà affecté"), default=0)
    refunded_cents = models.BigIntegerField(_("remboursé"), default=0)
    lost_cents = models.BigIntegerField(_("perdu"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(_("payé le"), null=True, blank=True)

    objects = TopUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("paiement par carte")
        verbose_name_plural = _("paiements par carte")
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="top_up_positive"),
            models.CheckConstraint(
                condition=Q(allocated_cents__gte=0)
                & Q(refunded_cents__gte=0)
                & Q(lost_cents__gte=0)
                & Q(amount_cents__gte=F("allocated_cents") + F("refunded_cents") + F("lost_cents")),
                name="top_up_used_within",
            ),
            models.UniqueConstraint(
                fields=["user", "purpose", "hold_number"],
                condition=Q(status=TopUpStatus.OPEN) & ~Q(purpose=""),
                name="one_open_payment_per_purpose",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status=TopUpStatus.OPEN), name="top_up_to_close"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def free_cents(self) -> int:
        """What is left of it as credit."""
        return self.amount_cents - self.allocated_cents - self.refunded_cents - self.lost_cents

    @property
    def card(self) -> str:
        """« Visa •••• 4242 »: what its owner knows the card by."""
        if not self.card_last4:
            return str(_("Carte bancaire"))
        brand = CARD_BRANDS.get(self.card_brand) or self.card_brand.capitalize() or str(_("Carte"))
        return f"{brand}{NO_BREAK_SPACE}••••{NO_BREAK_SPACE}{self.card_last4}"


def _disputed() -> Coalesce:
    """What lost disputes took of a charge, beside rows that can be locked."""
    lost = Sum("disputes__amount_cents", filter=Q(disputes__status=DisputeStatus.LOST))
    of_row = TopUp.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(cents=lost)
    return Coalesce(Subquery(of_row.values("cents")), 0)


class Hold(models.Model):
    """Money blocked for one booking. A booking has one hold, and one more per accepted extension."""

    reference = models.CharField(_("référence"), max_length=80, db_index=True)
    number = models.PositiveSmallIntegerField(_("numéro"))
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="holds", verbose_name=_("apprenant")
    )
    amount_cents = models.BigIntegerField(_("montant"))
    status = models.CharField(_("état"), max_length=8, choices=HoldStatus, default=HoldStatus.PLACED)
    placed_at = models.DateTimeField(_("bloqué le"))

    class Meta:
        verbose_name = _("montant bloqué")
        verbose_name_plural = _("montants bloqués")
        constraints = [
            models.UniqueConstraint(fields=["reference", "number"], name="hold_number_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="hold_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}:{self.number}"


class ChargeAllocation(models.Model):
    """Which card payment funds which booking, first in first out: what a transfer, a refund or a dispute touches."""

    top_up = models.ForeignKey(TopUp, models.PROTECT, related_name="allocations")
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="allocations")
    amount_cents = models.BigIntegerField()
    released_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["top_up", "hold"], name="allocation_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & Q(released_cents__gte=0) & Q(released_cents__lte=F("amount_cents")),
                name="allocation_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.top_up_id}→{self.hold_id}"


class Settlement(models.Model):
    """The end of a booking's money: what was charged and for whom; the rest was released. Exactly one per booking."""

    reference = models.CharField(_("référence"), max_length=80, unique=True)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("apprenant"))
    # Unknown to billing when everything was given back: no service, no mentor to pay.
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="settlements",
        verbose_name=_("mentor"),
    )
    label = models.CharField(_("prestation"), max_length=200, blank=True)
    rate_cents = models.BigIntegerField(_("tarif horaire"), default=0)
    billed_seconds = models.BigIntegerField(_("secondes facturées"), default=0)
    held_cents = models.BigIntegerField(_("bloqué"))
    charged_cents = models.BigIntegerField(_("facturé"))
    commission_cents = models.BigIntegerField(_("commission"))
    commission_basis_points = models.PositiveIntegerField(default=0)
    vat_regime = models.CharField(max_length=12, choices=VatRegime, blank=True)
    # The standard rate in force that day: a correction computes both sides again with it.
    vat_basis_points = models.PositiveIntegerField(default=0)
    vat_cents = models.BigIntegerField(_("TVA du mentor"))
    commission_vat_cents = models.BigIntegerField(_("TVA de la commission"))
    service_started_at = models.DateTimeField(null=True, blank=True)
    service_ended_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    settled_at = models.DateTimeField(_("réglé le"))

    class Meta:
        verbose_name = _("règlement")
        indexes = [models.Index(fields=["settled_at"], name="settlement_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(charged_cents__gte=0) & Q(charged_cents__lte=F("held_cents")),
                name="settlement_charge_within_hold",
            ),
            models.CheckConstraint(
                condition=Q(commission_cents__gte=0) & Q(commission_cents__lte=F("charged_cents")),
                name="settlement_commission_within",
            ),
            models.CheckConstraint(
                condition=Q(charged_cents=0) | Q(mentor__isnull=False), name="settlement_charge_has_mentor"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def net_cents(self) -> int:
        return self.charged_cents - self.commission_cents

    @property
    def released_cents(self) -> int:
        return self.held_cents - self.charged_cents


class Adjustment(models.Model):
    """A settled booking made cheaper: a complaint upheld, an error. The difference of two full computations.

    Never changed: a second decision is a second row. `reference` names the decision (`complaint:…`).
    """

    reference = models.CharField(_("référence"), max_length=80, unique=True)
    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="adjustments", verbose_name=_("règlement"))
    amount_cents = models.BigIntegerField(_("rendu à l’apprenant"))
    net_cents = models.BigIntegerField(_("repris au mentor"))
    commission_cents = models.BigIntegerField(_("commission rendue"))
    commission_vat_cents = models.BigIntegerField(_("TVA de la commission"))
    # The mentor's own VAT inside the amount.
    vat_cents = models.BigIntegerField(_("TVA du mentor"))
    reason = models.CharField(_("motif"), max_length=500)
    decided_at = models.DateTimeField(_("décidé le"))

    class Meta:
        verbose_name = _("régularisation")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0)
                & Q(net_cents__gte=0)
                & Q(commission_cents__gte=0)
                & Q(amount_cents=F("net_cents") + F("commission_cents")),
                name="adjustment_parts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
