"""The kinds of notices billing sends. Money notices cannot be muted."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds

KINDS = (
    kinds.Kind(name="billing.invoice_ready", label=_("Facture disponible")),
    kinds.Kind(name="billing.credit_note_ready", label=_("Avoir disponible")),
    kinds.Kind(name="billing.commission_invoice", label=_("Facture de commission")),
    kinds.Kind(name="billing.payout_sent", label=_("Virement envoyé")),
    kinds.Kind(name="billing.payout_failed", label=_("Virement échoué")),
    kinds.Kind(name="billing.payout_suspended", label=_("Virement suspendu")),
    kinds.Kind(name="billing.payout_released", label=_("Virement débloqué")),
    kinds.Kind(name="billing.payout_reduced", label=_("Somme rendue à l’apprenant")),
    kinds.Kind(name="billing.credit_topped_up", label=_("Crédit ajouté")),
    kinds.Kind(name="billing.refund_sent", label=_("Remboursement envoyé")),
    kinds.Kind(name="billing.refund_failed", label=_("Remboursement échoué")),
    kinds.Kind(name="billing.account_attention", label=_("Compte Stripe à compléter")),
    kinds.Kind(name="billing.payout_waiting", label=_("Virement qui attend votre compte Stripe")),
    kinds.Kind(name="billing.account_stopped", label=_("Virements d’un mentor arrêtés par Stripe")),
    kinds.Kind(name="billing.payout_given_up", label=_("Virement d’un mentor à relancer")),
    kinds.Kind(name="billing.payment_contested", label=_("Paiement d’un apprenant contesté")),
    kinds.Kind(name="billing.dispute_opened", label=_("Contestation bancaire ouverte")),
    kinds.Kind(name="billing.dispute_closed", label=_("Contestation bancaire terminée")),
    kinds.Kind(name="billing.books_wrong", label=_("Anomalie dans les comptes")),
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
