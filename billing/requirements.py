"""What Stripe still asks of a mentor, in words. Stripe names a field of its forms (`identity.individual.address`)."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first that is found in the name wins: the precise ones come first.
WORDS: tuple[tuple[str, Promise], ...] = (
    ("external_account", _("votre compte bancaire (IBAN)")),
    ("payout_methods", _("votre compte bancaire (IBAN)")),
    ("date_of_birth", _("votre date de naissance")),
    ("documents", _("un justificatif, par exemple une pièce d’identité")),
    ("id_numbers", _("votre numéro d’identification")),
    ("nationalit", _("votre nationalité")),
    ("beneficial_owner", _("les personnes qui possèdent l’entreprise")),
    ("attestations", _("une déclaration à confirmer")),
    ("terms_of_service", _("l’accord avec les conditions de Stripe")),
    ("business_details", _("les informations de votre entreprise")),
    ("business_profile", _("la description de votre activité")),
    ("address", _("votre adresse")),
    ("phone", _("votre numéro de téléphone")),
    ("email", _("votre adresse e-mail")),
    ("name", _("votre nom")),
)
OTHER = _("une information que Stripe vous indiquera")


def in_words(names: Iterable[str]) -> list[str]:
    """Each thing once, in the order Stripe gives; what is unknown comes last."""
    found = [_word(name) for name in names]
    known = [words for words in found if words]
    others = [str(OTHER)] if len(known) < len(found) else []
    return [*dict.fromkeys(known), *others]


def _word(name: str) -> str:
    return next((str(words) for part, words in WORDS if part in name), "")
