"""States of payments, payouts and connected accounts. The maps are printed in docs/architecture.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TopUpStatus(models.TextChoices):
    OPEN = "open", _("en attente de paiement")
    PAID = "paid", _("payé")
    EXPIRED = "expired", _("expiré")
    FAILED = "failed", _("refusé")


# A bank may answer after our window closed: the money is then credit, never lost.
TOP_UP_ALLOWED: dict[str, frozenset[str]] = {
    TopUpStatus.OPEN: frozenset({TopUpStatus.PAID, TopUpStatus.EXPIRED, TopUpStatus.FAILED}),
    TopUpStatus.EXPIRED: frozenset({TopUpStatus.PAID}),
    TopUpStatus.FAILED: frozenset({TopUpStatus.PAID}),
    TopUpStatus.PAID: frozenset(),
}


class PayoutStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("prévu")
    SUSPENDED = "suspended", _("suspendu")
    IN_FLIGHT = "in_flight", _("en cours d’envoi")
    PAID = "paid", _("envoyé")
    FAILED = "failed", _("échoué")


PAYOUT_ALLOWED: dict[str, frozenset[str]] = {
    PayoutStatus.SCHEDULED: frozenset({PayoutStatus.IN_FLIGHT, PayoutStatus.SUSPENDED}),
    PayoutStatus.SUSPENDED: frozenset({PayoutStatus.SCHEDULED}),
    PayoutStatus.IN_FLIGHT: frozenset({PayoutStatus.PAID, PayoutStatus.SCHEDULED, PayoutStatus.FAILED}),
    PayoutStatus.FAILED: frozenset({PayoutStatus.SCHEDULED}),
    PayoutStatus.PAID: frozenset(),
}


class VatRegime(models.TextChoices):
    FRANCHISE = "franchise", _("Franchise en base (TVA non applicable)")
    REGISTERED = "registered", _("Assujetti à la TVA")
    EXEMPT = "exempt", _("Activité exonérée de TVA")


class AccountState(models.TextChoices):
    """What Stripe says of a mentor's account."""

    STARTED = "started", _("à compléter")
    PENDING = "pending", _("en vérification")
    ACTIVE = "active", _("actif")
    RESTRICTED = "restricted", _("bloqué par Stripe")


class HoldStatus(models.TextChoices):
    PLACED = "placed", _("bloqué")
    SETTLED = "settled", _("réglé")


HOLD_ALLOWED: dict[str, frozenset[str]] = {
    HoldStatus.PLACED: frozenset({HoldStatus.SETTLED}),
    HoldStatus.SETTLED: frozenset(),
}


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", _("facture")
    CREDIT_NOTE = "credit_note", _("avoir")
    COMMISSION = "commission", _("facture de commission")
