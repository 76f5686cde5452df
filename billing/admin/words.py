"""The words of the team's screens for what the rows keep as codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

ACCOUNTS: dict[str, Promise] = {
    "stripe": _("Balance chez Stripe"),
    "bank": _("Banque de la plateforme"),
    "dispute": _("Retiré par Stripe, contestation ouverte"),
    "mentor.recoverable": _("Dû par un mentor"),
    "mentor.pending": _("À virer à un mentor"),
    "learner.receivable": _("Dû par un apprenant"),
    "learner.available": _("Crédit disponible"),
    "learner.held": _("Montant bloqué"),
    "revenue.commission": _("Commissions hors TVA"),
    "vat.collected": _("TVA collectée sur les commissions"),
    "expense.psp_fees": _("Frais de paiement"),
    "expense.dispute_fees": _("Frais de contestation"),
    "expense.goodwill": _("Gestes commerciaux"),
    "expense.bad_debt": _("Pertes sur créances"),
    "stars.issued": _("Étoiles émises"),
    "stars.user": _("Étoiles d’un membre"),
    "stars.held": _("Étoiles bloquées"),
    "stars.spent": _("Étoiles dépensées"),
}

KINDS: dict[str, Promise] = {
    "topup": _("Paiement par carte"),
    "psp_fee": _("Frais de paiement"),
    "dispute_fee": _("Frais de contestation"),
    "bank": _("Virement vers la banque"),
    "hold": _("Montant bloqué"),
    "settle": _("Fin de session"),
    "adjust": _("Régularisation"),
    "payout": _("Virement à un mentor"),
    "setoff": _("Compensation d’une dette"),
    "reversal": _("Reprise de virement"),
    "refund": _("Remboursement"),
    "refund_failed": _("Remboursement échoué"),
    "dispute_opened": _("Contestation ouverte"),
    "dispute_won": _("Contestation gagnée"),
    "dispute_lost": _("Contestation perdue"),
    "repay": _("Dette payée par le crédit"),
    "correction": _("Correction de l’équipe"),
}

# Balance transactions, as Stripe calls them.
MOVEMENTS: dict[str, Promise] = {
    "charge": _("Paiement"),
    "payment": _("Paiement"),
    "refund": _("Remboursement"),
    "payment_refund": _("Remboursement"),
    "refund_failure": _("Remboursement échoué"),
    "payment_failure_refund": _("Remboursement échoué"),
    "transfer": _("Virement à un mentor"),
    "transfer_refund": _("Reprise de virement"),
    "adjustment": _("Ajustement, contestation"),
    "payout": _("Virement vers la banque"),
    "payout_failure": _("Virement vers la banque refusé"),
    "stripe_fee": _("Frais de Stripe"),
    "topup": _("Apport depuis la banque"),
}

# What a service or Stripe answered, before the colon or whole.
ERRORS: dict[str, Promise] = {
    "account not active": _("Le compte Stripe du mentor n’est pas actif."),
    "balance_insufficient": _("La balance de la plateforme chez Stripe ne suffit pas."),
    "insufficient_funds": _("La balance chez Stripe ne suffit pas."),
    "account_invalid": _("Stripe ne connaît plus le compte du mentor."),
    "transfers_not_allowed": _("Stripe n’autorise pas les virements vers ce compte."),
    "insufficient_capabilities_for_transfer": _("Stripe n’autorise pas les virements vers ce compte."),
    "resource_missing": _("Stripe ne connaît pas cet objet."),
    "charge_disputed": _("Ce paiement est contesté."),
    "charge_already_refunded": _("Ce paiement est déjà remboursé."),
    "expired_or_canceled_card": _("La carte a expiré ou n’existe plus."),
    "lost_or_stolen_card": _("La carte est déclarée perdue ou volée."),
    "rate_limit": _("Stripe a reçu trop de demandes à la fois."),
    "UnknownObject": _("L’événement parle d’un objet inconnu ici."),
}

CAUSES: dict[str, Promise] = {
    "staff": _("Retenu par l’équipe"),
    "dispute": _("Contestation bancaire"),
    "complaint": _("Réclamation"),
    "case": _("Session à examiner"),
}

DISPUTE_REASONS: dict[str, Promise] = {
    "fraudulent": _("paiement non reconnu"),
    "product_not_received": _("service non reçu"),
    "product_unacceptable": _("service non conforme"),
    "credit_not_processed": _("remboursement non reçu"),
    "duplicate": _("payé deux fois"),
    "subscription_canceled": _("abonnement résilié"),
    "unrecognized": _("paiement non reconnu"),
    "general": _("sans motif précis"),
}


def account_words(code: str) -> str:
    return str(ACCOUNTS.get(code, code))


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def movement_words(kind: str) -> str:
    return str(MOVEMENTS.get(kind, kind))


def error_words(error: str) -> str:
    """Known answers in French with Stripe's own words after them; others as they came."""
    code = error.partition(":")[0].partition("(")[0].strip()
    known = ERRORS.get(error) or ERRORS.get(code)
    return f"{known} ({error})" if known else error


def dispute_words(reason: str) -> str:
    """Stripe's reason."""
    return str(DISPUTE_REASONS.get(reason, reason))


def cause_words(cause: str) -> str:
    """Why a payout waits: `staff:7`, `dispute:dp_1`, `complaint:12`."""
    prefix, _colon, identifier = cause.partition(":")
    known = CAUSES.get(prefix)
    if known is None:
        return cause
    return f"{known} ({_member_words(identifier)})" if prefix == "staff" else str(known)


def _member_words(pk: str) -> str:
    member = User.objects.filter(pk=pk).first() if pk.isdecimal() else None
    return member.get_full_name() or member.email if member else pk
