"""The legal texts: name, and every version with its date. A member's acceptance records document and version.

A changed text gets a new version in the same commit (`accounts.legal` for those that members accept). The newest, in
force or announced, is `pages/legal/<name>.html`; the former one moves to
`pages/legal/versions/<name>-<version>.html`, where it stays readable.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.legal import (
    HISTORY,
    PRIVACY,
    SERVICE_TERMS,
    TERMS,
    TITLES,
    Version,
    latest_in_force,
    next_announced,
)


@dataclass(frozen=True)
class Document:
    name: str
    title: str | Promise
    # The oldest first.
    versions: tuple[Version, ...]
    # Contractual texts wait for the operator's lawyer; the page says so.
    to_be_reviewed: bool = True

    @property
    def in_force(self) -> Version:
        return latest_in_force(self.versions)

    @property
    def announced(self) -> Version | None:
        return next_announced(self.versions)

    @property
    def newest_first(self) -> tuple[Version, ...]:
        """Those that may be read: not one whose announcement waits for its day."""
        return self.versions[self.versions.index(self.announced or self.in_force) :: -1]

    def find(self, name: str) -> Version | None:
        return next((version for version in self.newest_first if version.name == name), None)

    def template_of(self, version: Version) -> str:
        if version == self.versions[-1]:
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
