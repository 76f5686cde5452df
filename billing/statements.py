"""The words for each kind of operation on a member's credit."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "topup": _("Paiement par carte"),
    "hold": _("Montant bloqué"),
    "settle": _("Fin de la session"),
    "refund": _("Remboursement sur votre carte"),
    "refund_failed": _("Remboursement refusé par votre banque"),
    "repay": _("Somme due réglée avec votre crédit"),
    "dispute_lost": _("Contestation bancaire perdue"),
    # Only after it was lost does it change the credit.
    "dispute_won": _("Contestation bancaire\u202f: décision revue, montant rendu"),
    "adjust": _("Suite donnée à une réclamation"),
    "correction": _("Geste commercial de Skilmi"),
}
OTHER = _("Autre opération")
