"""The texts the law wants on an invoice (services, France, 2026), in French whatever the reader's language.

Sources: CGI ann. II art. 242 nonies A; C. com. art. L. 441-9, L. 441-10, D. 441-5; C. consom. art. L. 612-1. The codes
are those of the French e-invoicing norm: DCL (who made it), AAI (general), PMD, PMT, AAB (late payment, discount).
"""

from datetime import date
from typing import NamedTuple
from unicodedata import normalize

from billing.states import VatRegime


class Mention(NamedTuple):
    code: str
    text: str


class Dated(NamedTuple):
    since: date
    text: str


# The VAT code moved to the CIBS on 2026-09-01; the old reference is admitted until 2027-12-31: add a row before then.
FRANCHISE = (Dated(date(2000, 1, 1), "TVA non applicable, art. 293 B du CGI"),)
EXEMPT = (Dated(date(2000, 1, 1), "Exonération de TVA, art. 261, 4-4° a du CGI"),)
EXEMPTION_CODES: dict[str, str] = {VatRegime.FRANCHISE: "VATEX-FR-FRANCHISE", VatRegime.EXEMPT: "VATEX-FR-CGI261-4"}

LATE_PENALTY = "Pénalités de retard\u202f: trois fois le taux d’intérêt légal (art. L. 441-10 C. com.)."
RECOVERY_COSTS = "Indemnité forfaitaire pour frais de recouvrement\u202f: 40\u00a0€."
# Penalties, recovery costs, discount.
BETWEEN_BUSINESSES = ("PMD", "PMT", "AAB")
VOWELS = frozenset("aeiou")
NO_DISCOUNT = "Pas d’escompte pour paiement anticipé."


def in_force(rows: tuple[Dated, ...], day: date) -> str:
    return max(row for row in rows if row.since <= day).text


def exemption(regime: str, day: date) -> str:
    """Why there is no VAT; empty when there is."""
    if regime == VatRegime.FRANCHISE:
        return in_force(FRANCHISE, day)
    return in_force(EXEMPT, day) if regime == VatRegime.EXEMPT else ""


def _belonging_to(name: str) -> str:
    """« de Paul », « d’Inès »."""
    first = normalize("NFD", name[:1]).casefold()[:1]
    return f"d’{name}" if first in VOWELS else f"de {name}"


def of(*, seller: str, platform: str, mediator: str, to_business: bool, is_credit: bool = False) -> list[Mention]:
    """The lines at the foot of a document issued in a mentor's name."""
    document = "Avoir établi" if is_credit else "Facture établie"
    maker = Mention("DCL", f"{document} par {platform} au nom et pour le compte {_belonging_to(seller)}")
    if to_business:
        return [maker, *between_businesses()]
    return [maker, *([Mention("AAI", f"Médiateur de la consommation\u202f: {mediator}")] if mediator else [])]


def between_businesses() -> list[Mention]:
    """Also on a credit note: the French norm (BR-FR-05) asks for the three on every document."""
    texts = (LATE_PENALTY, RECOVERY_COSTS, NO_DISCOUNT)
    return [Mention(code, text) for code, text in zip(BETWEEN_BUSINESSES, texts, strict=True)]
