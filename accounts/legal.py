"""The legal texts members accept: every version there was, and what changed from one to the next.

A changed text gets a new version in the same commit, with what changed; the former template stays readable
(`pages.legal`). Members who accepted a former one are asked again at their next visit (`accounts.asking_again`).
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TERMS = "cgu"
PRIVACY = "confidentialite"
SERVICE_TERMS = "cgps"

# What they are called, and the name of their address.
TITLES: dict[str, str | Promise] = {
    TERMS: _("Conditions générales d’utilisation"),
    PRIVACY: _("Politique de confidentialité"),
    SERVICE_TERMS: _("Conditions générales de prestation de service"),
}
ADDRESSES = {TERMS: "pages:terms", PRIVACY: "pages:privacy", SERVICE_TERMS: "pages:service_terms"}


@dataclass(frozen=True)
class Version:
    name: str
    since: date
    # In sentences, for who accepted the one before; empty for the first.
    changes: tuple[str | Promise, ...] = ()


_FIRST = Version("2026-11", date(2026, 11, 21))
_SECOND = ("2026-11-22", date(2026, 11, 22))

# The oldest first: the last one is in force.
HISTORY: dict[str, tuple[Version, ...]] = {
    TERMS: (
        _FIRST,
        Version(*_SECOND, (_("Vous fermez votre compte vous-même, depuis vos préférences, sans nous écrire."),)),
    ),
    PRIVACY: (
        _FIRST,
        Version(
            *_SECOND,
            (
                _("Vous recevez vos données et fermez votre compte vous-même, depuis vos préférences."),
                _("Ce qu’un visiteur nous écrit sans avoir de compte est effacé au bout d’un certain temps."),
            ),
        ),
    ),
    SERVICE_TERMS: (_FIRST,),
}


def in_force(document: str) -> Version:
    return HISTORY[document][-1]


def fingerprint() -> str:
    """Of all that is in force: another one as soon as a text has a new version."""
    return ",".join(f"{document}={in_force(document).name}" for document in sorted(HISTORY))
