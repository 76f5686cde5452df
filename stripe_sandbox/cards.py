"""Stripe's test cards that matter here, and what each does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    number: str
    label: str
    decline_code: str = ""
    # « 3-D Secure »: the bank asks the cardholder to confirm.
    asks_confirmation: bool = False
    # Refused when the member is not in front of the screen (payment of an extension).
    fails_off_session: str = ""
    # Its money is available at once instead of after some days.
    is_immediate: bool = False
    # « succeeded »: its refunds are pending at first; « failed »: the bank gives them back some time later.
    refunds_become: str = ""
    # Its holder asks his bank for the money back, some time later, for this reason.
    disputed_for: str = ""
    # He only asks what it was: no money moves.
    by_inquiry: bool = False

    @property
    def brand(self) -> str:
        return "mastercard" if self.number.startswith("5") else "visa"


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "Acceptée"),
        Card("5555555555554444", "Acceptée (Mastercard)"),
        Card("4000000000000077", "Acceptée, argent disponible aussitôt", is_immediate=True),
        Card("4000002500003155", "Demande une confirmation (3\u2011D\u00a0Secure)", asks_confirmation=True),
        Card(
            "4000002760003184",
            "Demande une confirmation à chaque paiement",
            asks_confirmation=True,
            fails_off_session="authentication_required",
        ),
        Card("4000000000000341", "Acceptée ici, refusée plus tard hors présence", fails_off_session="generic_decline"),
        Card(
            "4000000000007726",
            "Acceptée\u202f; ses remboursements arrivent un peu plus tard",
            refunds_become="succeeded",
        ),
        Card(
            "4000000000005126", "Acceptée\u202f; ses remboursements échouent un peu plus tard", refunds_become="failed"
        ),
        Card("4000000000000259", "Acceptée, puis contestée (fraude)", disputed_for="fraudulent"),
        Card("4000000000002685", "Acceptée, puis contestée (service non reçu)", disputed_for="product_not_received"),
        Card(
            "4000000000001976",
            "Acceptée, puis sa banque demande des informations",
            disputed_for="fraudulent",
            by_inquiry=True,
        ),
        Card("4000000000000002", "Refusée", decline_code="generic_decline"),
        Card("4000000000009995", "Refusée\u202f: provision insuffisante", decline_code="insufficient_funds"),
    )
}

REASONS = {
    "generic_decline": "Votre carte a été refusée.",
    "insufficient_funds": "Votre carte a été refusée\u202f: la provision est insuffisante.",
    "authentication_required": "Votre banque demande une confirmation.",
    "authentication_failure": "La confirmation n’a pas abouti. Essayez une autre carte.",
}


def find(number: str) -> Card | None:
    return CARDS.get("".join(character for character in number if character.isdigit()))
