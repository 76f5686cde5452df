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


class TopUpOrigin(models.TextChoices):
    """Where the money of a learner's credit came from."""

    CHECKOUT = "checkout", _("page de paiement")
    SAVED_CARD = "saved_card", _("carte enregistrée")
    # Given by the platform: no card stands behind it, so no card is refunded and no transfer names it.
    GOODWILL = "goodwill", _("geste commercial")


# What a card payment is for, when it is for no booking.
CREDIT_PURPOSE = "credit"
DEBT_PURPOSE = "debt"


class RefundStatus(models.TextChoices):
    DUE = "due", _("à envoyer")
    IN_FLIGHT = "in_flight", _("en cours d’envoi")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("échoué")


# A bank may give a refund back days after it was sent: the money is then credit again.
REFUND_ALLOWED: dict[str, frozenset[str]] = {
    RefundStatus.DUE: frozenset({RefundStatus.IN_FLIGHT}),
    RefundStatus.IN_FLIGHT: frozenset({RefundStatus.SENT, RefundStatus.DUE, RefundStatus.FAILED}),
    RefundStatus.SENT: frozenset({RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset(),
}


class PayoutStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("prévu")
    SUSPENDED = "suspended", _("suspendu")
    IN_FLIGHT = "in_flight", _("en cours d’envoi")
    PAID = "paid", _("envoyé")
    FAILED = "failed", _("échoué")
    CANCELED = "canceled", _("annulé")


# Canceled: a complaint took all of it before a cent had left (also between a claim and the first question to Stripe).
PAYOUT_ALLOWED: dict[str, frozenset[str]] = {
    PayoutStatus.SCHEDULED: frozenset({PayoutStatus.IN_FLIGHT, PayoutStatus.SUSPENDED, PayoutStatus.CANCELED}),
    PayoutStatus.SUSPENDED: frozenset({PayoutStatus.SCHEDULED, PayoutStatus.CANCELED}),
    PayoutStatus.IN_FLIGHT: frozenset(
        {PayoutStatus.PAID, PayoutStatus.SCHEDULED, PayoutStatus.FAILED, PayoutStatus.CANCELED}
    ),
    PayoutStatus.FAILED: frozenset({PayoutStatus.SCHEDULED, PayoutStatus.SUSPENDED, PayoutStatus.CANCELED}),
    PayoutStatus.PAID: frozenset(),
    PayoutStatus.CANCELED: frozenset(),
}


class ReversalStatus(models.TextChoices):
    DUE = "due", _("à demander")
    IN_FLIGHT = "in_flight", _("en cours")
    DONE = "done", _("repris")
    REFUSED = "refused", _("refusé par Stripe")


# Refused: what the mentor owes is then kept from his next payouts.
REVERSAL_ALLOWED: dict[str, frozenset[str]] = {
    ReversalStatus.DUE: frozenset({ReversalStatus.IN_FLIGHT}),
    ReversalStatus.IN_FLIGHT: frozenset({ReversalStatus.DONE, ReversalStatus.DUE, ReversalStatus.REFUSED}),
    ReversalStatus.DONE: frozenset(),
    ReversalStatus.REFUSED: frozenset(),
}


class DisputeStatus(models.TextChoices):
    """A card dispute « contestation bancaire » as it stands for us."""

    # The bank asks; no money has moved.
    INQUIRY = "inquiry", _("demande d’information")
    OPEN = "open", _("ouverte")
    WON = "won", _("gagnée")
    LOST = "lost", _("perdue")
    # An inquiry that ended without a dispute.
    CLOSED = "closed", _("close")


# Lost, then won: the bank decided otherwise on appeal, months later perhaps.
DISPUTE_ALLOWED: dict[str, frozenset[str]] = {
    DisputeStatus.INQUIRY: frozenset({DisputeStatus.OPEN, DisputeStatus.CLOSED}),
    DisputeStatus.OPEN: frozenset({DisputeStatus.WON, DisputeStatus.LOST}),
    DisputeStatus.WON: frozenset(),
    DisputeStatus.LOST: frozenset({DisputeStatus.WON}),
    DisputeStatus.CLOSED: frozenset(),
}


class CorrectionKind(models.TextChoices):
    """What a compensating entry may do. Everything else about a member's money has its own service."""

    GOODWILL = "goodwill", _("geste commercial au crédit d’un membre")
    FORGIVE_LEARNER = "forgive_learner", _("abandon d’une dette d’apprenant")
    FORGIVE_MENTOR = "forgive_mentor", _("abandon d’une dette de mentor")
    PLATFORM = "platform", _("écriture entre comptes de la plateforme")


class CorrectionStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposée")
    APPROVED = "approved", _("validée")
    REFUSED = "refused", _("refusée")


CORRECTION_ALLOWED: dict[str, frozenset[str]] = {
    CorrectionStatus.PROPOSED: frozenset({CorrectionStatus.APPROVED, CorrectionStatus.REFUSED}),
    CorrectionStatus.APPROVED: frozenset(),
    CorrectionStatus.REFUSED: frozenset(),
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
    COMMISSION_CREDIT = "commission_cn", _("avoir de commission")
