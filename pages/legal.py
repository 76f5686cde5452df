"""The legal texts: name, and every version with its date. A member's acceptance records document and version.

A changed text gets a new version in the same commit (`accounts.legal` for those that members accept). The text in force
is `pages/legal/<name>.html`; the former one moves to `pages/legal/versions/<name>-<version>.html`, where it stays
readable.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.legal import HISTORY, PRIVACY, SERVICE_TERMS, TERMS, TITLES, Version


@dataclass(frozen=True)
class Document:
    name: str
    title: str | Promise
    # The oldest first: the last one is in force.
    versions: tuple[Version, ...]
    # Contractual texts wait for the operator's lawyer; the page says so.
    to_be_reviewed: bool = True

    @property
    def in_force(self) -> Version:
        return self.versions[-1]

    @property
    def newest_first(self) -> tuple[Version, ...]:
        return self.versions[::-1]

    def find(self, name: str) -> Version | None:
        return next((version for version in self.versions if version.name == name), None)

    def template_of(self, version: Version) -> str:
        if version == self.in_force:
            return f"pages/legal/{self.name}.html"
        return f"pages/legal/versions/{self.name}-{version.name}.html"


_FIRST = (Version("2026-11", date(2026, 11, 21)),)

DOCUMENTS: dict[str, Document] = {
    document.name: document
    for document in (
        Document("terms", TITLES[TERMS], HISTORY[TERMS]),
        Document("service_terms", TITLES[SERVICE_TERMS], HISTORY[SERVICE_TERMS]),
        Document("privacy", TITLES[PRIVACY], HISTORY[PRIVACY]),
        Document("legal_notice", _("Mentions légales"), (*_FIRST, Version("2026-11-22", date(2026, 11, 22)))),
        Document("accessibility", _("Accessibilité"), _FIRST, to_be_reviewed=False),
        Document("cookies", _("Cookies"), _FIRST, to_be_reviewed=False),
        Document(
            "review_policy",
            _("Règles des avis"),
            (Version("2026-11-22", date(2026, 11, 22)), Version("2026-11-22-2", date(2026, 11, 22))),
        ),
        Document("ranking_policy", _("Comment les listes sont triées"), _FIRST),
    )
}
