"""Stripe's words in French, as the page `/_sandbox/` shows them."""

from collections.abc import Callable
from dataclasses import dataclass

from stripe_sandbox.resources.disputes import INQUIRIES, KEEPING
from stripe_sandbox.store import Row


@dataclass(frozen=True)
class Word:
    text: str
    tone: str = "plain"


DELIVERED = Word("Reçu", "good")
NOT_DELIVERED = Word("Pas encore reçu", "warn")

DISPUTES = {
    "warning_needs_response": Word("Informations demandées", "warn"),
    "warning_under_review": Word("Réponse à l’étude", "warn"),
    "warning_closed": Word("Sans suite"),
    "needs_response": Word("Preuves attendues", "warn"),
    "under_review": Word("Preuves à l’étude", "warn"),
    "won": Word("Gagnée", "good"),
    "lost": Word("Perdue", "bad"),
}
REASONS = {
    "fraudulent": "paiement non reconnu",
    "product_not_received": "service non reçu",
    "product_unacceptable": "service non conforme",
    "duplicate": "payé deux fois",
    "credit_not_processed": "remboursement attendu",
}
REFUNDS = {
    "pending": Word("En chemin", "warn"),
    "succeeded": Word("Remboursé", "good"),
    "failed": Word("Échoué", "bad"),
    "canceled": Word("Annulé"),
}
FAILURES = {
    "expired_or_canceled_card": "carte expirée ou fermée",
    "declined": "refusé par la banque",
}
ACCOUNTS = {
    "active": Word("Peut recevoir", "good"),
    "pending": Word("En vérification", "warn"),
    "restricted": Word("Bloqué", "bad"),
}
MOVEMENTS = {
    "charge": "Paiement par carte",
    "refund": "Remboursement",
    "refund_failure": "Remboursement revenu",
    "transfer": "Virement à un mentor",
    "transfer_refund": "Virement repris",
    "adjustment": "Contestation",
    "payout": "Virement à notre banque",
    "stripe_fee": "Frais de Stripe",
}


def of_disputes(rows: list[Row]) -> Word | None:
    """Whether the money of a payment is asked back, or only asked about."""
    statuses = {row["status"] for row in rows}
    if statuses & KEEPING:
        return Word("Contesté", "bad")
    return Word("Question de la banque", "warn") if statuses & INQUIRIES else None


def of_charge(charge: Row) -> Word:
    if charge["refunded"]:
        return Word("Remboursé")
    return Word("Remboursé en partie") if charge["amount_refunded"] else Word("Payé", "good")


def of_transfer(transfer: Row, money: Callable[[int], str]) -> Word:
    back = transfer["amount_reversed"]
    if not back:
        return Word("Envoyé", "good")
    return Word("Repris", "bad") if transfer["reversed"] else Word(f"Repris\u202f: {money(back)}", "warn")


def of_reason(word: str) -> str:
    return REASONS.get(word, word)


def of_movement(kind: str) -> str:
    return MOVEMENTS.get(kind, kind)
