"""The legal texts in force: name, version, date. A member's acceptance records document and version.

A changed text gets a new version in the same commit (`accounts.legal` for those that members accept); the texts are
templates under `pages/legal/`.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.legal import PRIVACY, SERVICE_TERMS, TERMS, VERSIONS


@dataclass(frozen=True)
class Document:
    name: str
    title: str | Promise
    version: str
    in_force_since: date
    # Contractual texts wait for the operator's lawyer; the page says so.
    to_be_reviewed: bool = True

    @property
    def template(self) -> str:
        return f"pages/legal/{self.name}.html"


_FIRST = date(2026, 11, 21)
_VERSION = "2026-11"

DOCUMENTS: dict[str, Document] = {
    document.name: document
    for document in (
        Document("terms", _("Conditions générales d’utilisation"), VERSIONS[TERMS], _FIRST),
        Document("service_terms", _("Conditions générales de prestation de service"), VERSIONS[SERVICE_TERMS], _FIRST),
        Document("privacy", _("Politique de confidentialité"), VERSIONS[PRIVACY], _FIRST),
        Document("legal_notice", _("Mentions légales"), _VERSION, _FIRST),
        Document("accessibility", _("Accessibilité"), _VERSION, _FIRST, to_be_reviewed=False),
        Document("cookies", _("Cookies"), _VERSION, _FIRST, to_be_reviewed=False),
        Document("review_policy", _("Règles des avis"), "2026-11-22", date(2026, 11, 22)),
        Document("ranking_policy", _("Comment les listes sont triées"), _VERSION, _FIRST),
    )
}
