"""The kinds of notices billing sends. Money notices cannot be muted."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds

KINDS = (
    kinds.Kind(name="billing.invoice_ready", label=_("Facture disponible")),
    kinds.Kind(name="billing.payout_sent", label=_("Virement envoyé")),
    kinds.Kind(name="billing.account_attention", label=_("Compte Stripe à compléter")),
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
