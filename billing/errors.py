"""What billing refuses, in words a person can read, and what must never happen."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class BillingError(DomainError):
    """A refusal about money."""


class Overdraft(BillingError):
    """An account that may not be negative would be."""

    user_message = _("Votre crédit ne suffit pas. Rien n’a été débité.")


class InsufficientCredit(BillingError):
    """The learner's credit does not cover what must be blocked."""

    user_message = _("Votre crédit ne suffit pas. Rien n’a été débité : payez la différence pour continuer.")


class AlreadySettled(BillingError):
    user_message = _("Cette réservation est déjà réglée.")


class NothingHeld(BillingError):
    user_message = _("Aucun montant n’est bloqué pour cette réservation.")


class ChargeAboveHold(BillingError):
    """More would be charged than was blocked: the planned amount is the most a booking can cost."""

    user_message = _("Le montant à facturer dépasse le montant bloqué.")


class CannotInvoice(BillingError):
    """Without a SIREN and a mandate nothing may be invoiced in a mentor's name."""

    user_message = _("La facture ne peut pas être établie : il manque le profil de facturation ou le mandat du mentor.")


class AmountChanged(BillingError):
    """The part by card is no longer the one the learner saw."""

    user_message = _(
        "Le montant à payer par carte a changé pendant que vous lisiez la page. Rien n’a été débité\u202f: "
        "vérifiez le nouveau montant."
    )


class PaymentWindowClosed(BillingError):
    user_message = _("Le délai de paiement est passé. Rien n’a été débité.")


class PaymentUnavailable(BillingError):
    """Stripe did not answer, or refused what we asked. Nobody received a payment page, so nobody can have paid."""

    user_message = _("Le paiement n’est pas disponible pour le moment. Rien n’a été débité. Réessayez dans un instant.")


class PaymentInDoubt(BillingError):
    """Asked of the saved card, and not answered: whether it was paid is being found out."""

    user_message = _(
        "Nous vérifions votre paiement. Ne payez pas une seconde fois\u202f; nous vous écrirons dans quelques minutes."
    )


class StripeUnavailable(BillingError):
    user_message = _("Stripe ne répond pas pour le moment. Réessayez dans un instant.")


class CreditFrozen(BillingError):
    """A card dispute is open, or the learner owes the platform: his credit neither leaves nor is blocked."""

    user_message = _(
        "Votre crédit est suspendu. La page Crédit vous dit pourquoi et comment le rétablir. Rien n’a été débité."
    )


class TopUpNotAllowed(BillingError):
    """The platform takes money for a booking only (CREDIT_TOPUP_MODE)."""

    user_message = _("Le crédit ne se recharge pas d’avance\u202f: vous payez à chaque réservation.")


class TopUpAboveCap(BillingError):
    """The credit would pass CREDIT_MAX_BALANCE_CENTS."""

    user_message = _("Votre crédit dépasserait le maximum autorisé. Rien n’a été débité.")


class TopUpTooSmall(BillingError):
    """Less than a top-up may be."""

    user_message = _("Le montant minimum est de 1,00\u00a0€. Rien n’a été débité.")


class NothingOwed(BillingError):
    """Nothing to pay back: it was paid meanwhile, or the outcome of a dispute is still open."""

    user_message = _("Vous n’avez rien à régler pour le moment. Rien n’a été débité.")


class CreditChanged(BillingError):
    """The credit is no longer the one the learner saw when he asked for it back: perhaps the form was sent twice."""

    user_message = _(
        "Votre crédit a changé pendant que vous lisiez la page. Cette demande n’a rien remboursé\u202f: "
        "vérifiez les opérations, puis recommencez si besoin."
    )


class NothingToRefund(BillingError):
    """Zero, or less."""

    user_message = _("Indiquez un montant à rembourser. Rien n’a été remboursé.")


class RefundAboveCredit(BillingError):
    """More is asked back than is free and was paid by card."""

    user_message = _("Ce montant dépasse le crédit remboursable. Rien n’a été remboursé.")


class NothingSettled(BillingError):
    """Only a charged booking can be adjusted."""

    user_message = _("Aucun montant n’a été facturé pour cette réservation.")


class AdjustmentTooLarge(BillingError):
    user_message = _("Le montant rendu dépasse ce qui reste facturé.")


class NotRetriable(BillingError):
    """Only a payout given up after its tries can be sent again by hand."""

    user_message = _("Ce virement ne peut pas être relancé dans son état actuel.")


class NothingToRetry(BillingError):
    """It worked in the meantime."""

    user_message = _("C’est déjà fait\u202f: il n’y a rien à relancer.")


class SamePerson(BillingError):
    """Corrections of money need two people."""

    user_message = _("Une correction est validée par une autre personne que celle qui l’a proposée.")


class NotPossible(BillingError):
    """A correction the balances do not allow."""

    user_message = _("Les soldes ne permettent pas cette correction.")


class MandateChanged(BillingError):
    user_message = _("Le texte du mandat a changé. Relisez-le avant de l’accepter.")


class UnfundedCredit(RuntimeError):
    """Credit that no card payment stands behind: it could be neither paid out nor refunded. Never expected."""
