"""A new version of the terms, announced on 10 January 2027 and in force from midnight, 1 February, in Paris."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings

from accounts import legal
from accounts.legal import PRIVACY, SERVICE_TERMS, TERMS, Version
from accounts.models import User
from accounts.services import accept_legal
from pages.legal import DOCUMENTS, Document

COMING = Version("2027-02", date(2027, 2, 1), ("La commission passe à 18 %.",), announced_on=date(2027, 1, 10))
PRIVATE = Version("2027-02-p", date(2027, 2, 1), ("Les journaux sont gardés 6 mois.",), announced_on=date(2027, 1, 10))
LONG_BEFORE = datetime(2026, 12, 1, 9, tzinfo=UTC)
ANNOUNCED = datetime(2027, 1, 10, 9, tzinfo=UTC)
LAST_SECOND = datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC)
FIRST_SECOND = datetime(2027, 1, 31, 23, 0, tzinfo=UTC)
DAY_AFTER = datetime(2027, 2, 2, 9, tzinfo=UTC)

FORMER = '{% extends "pages/legal/_document.html" %}{% block text %}<p>Le texte d’avant.</p>{% endblock text %}'
NAMES = {TERMS: "terms", PRIVACY: "privacy", SERVICE_TERMS: "service_terms"}


def announce(patch: pytest.MonkeyPatch, version: Version = COMING, document: str = TERMS) -> None:
    versions = (*legal.HISTORY[document], version)
    patch.setitem(legal.HISTORY, document, versions)
    patch.setitem(DOCUMENTS, NAMES[document], Document(NAMES[document], legal.TITLES[document], versions))


def former_templates(settings: LazySettings, root: Path) -> None:
    """The texts in force today, moved to where the commit of a new version moves them."""
    folder = root / "pages" / "legal" / "versions"
    folder.mkdir(parents=True)
    for document, name in NAMES.items():
        (folder / f"{name}-{legal.HISTORY[document][-1].name}.html").write_text(FORMER, encoding="utf8")
    engine: dict[str, Any] = dict(settings.TEMPLATES[0])
    settings.TEMPLATES = [engine | {"DIRS": [root, *engine["DIRS"]]}]


def join(user: User, *more: str, now: datetime = LONG_BEFORE) -> User:
    """As after the sign-up: the texts accepted, the address confirmed."""
    accept_legal(user=user, documents=[TERMS, PRIVACY, *more], now=now)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user
