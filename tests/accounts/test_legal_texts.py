"""A text that changed asks its readers again, and never stands in the way of what is agreed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts import legal
from accounts.legal import PRIVACY, SERVICE_TERMS, TERMS, Version
from accounts.models import LegalAcceptance, User
from accounts.selectors import has_accepted, texts_to_accept
from accounts.services import accept_legal
from bookings.models import Booking
from catalog.models import Skill
from pages.legal import DOCUMENTS, Document
from tests import people
from tests.bookings.making import ask, soon, text_of

TEXTS = reverse("accounts:texts")
FORMER = Version("2025-01", date(2025, 1, 1))
NEXT = Version("2027-03", date(2027, 3, 1), ("La commission passe à 18 %.",))
LAST = Version("2027-06", date(2027, 6, 1), ("Les litiges ont un médiateur.",))


@pytest.fixture
def skill(claire: User) -> Skill:
    return people.skill_of(claire)


@pytest.fixture
def booking(karim: User, claire: User, skill: Skill) -> Booking:
    return ask(karim, claire, **soon())


@pytest.fixture
def member(client: Client, karim: User) -> User:
    """Signed in, with what everybody accepts at sign-up."""
    accept_legal(user=karim, documents=[TERMS, PRIVACY])
    client.force_login(karim)
    return karim


def change(monkeypatch: pytest.MonkeyPatch, document: str = TERMS, *versions: Version) -> None:
    monkeypatch.setitem(legal.HISTORY, document, (*legal.HISTORY[document], *(versions or (NEXT,))))


@pytest.mark.requirement("SK-20")
def test_a_changed_text_is_shown_once_at_the_next_visit(
    client: Client, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = reverse("pages:account")
    assert client.get(account).status_code == 200
    change(monkeypatch, TERMS, NEXT, LAST)
    answer = client.get(account)
    assert answer.headers["Location"] == f"{TEXTS}?next=%2Fcompte%2F"
    text = text_of(client.get(answer.headers["Location"]))
    assert "La commission passe à 18 %." in text
    assert "Les litiges ont un médiateur." in text
    assert "Lire la version 2027-06" in text
    assert client.get(account).status_code == 200
    assert not has_accepted(member, TERMS)


@pytest.mark.requirement("SK-20")
def test_accepting_goes_on_where_one_was_going_and_is_kept(
    client: Client, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    assert "Cochez cette case" in text_of(client.post(TEXTS, {"next": "/messagerie/"}))
    answer = client.post(TEXTS, {"accepts": "on", "next": "/messagerie/"})
    assert answer.headers["Location"] == "/messagerie/"
    assert has_accepted(member, TERMS)
    assert LegalAcceptance.objects.filter(user=member, document=TERMS).count() == 2
    assert client.get(TEXTS).headers["Location"] == reverse("pages:account")
    assert client.post(TEXTS, {"accepts": "on", "next": "https://example.org/"}).headers["Location"] == "/compte/"


def test_a_text_that_came_while_the_page_was_open_is_shown_before_it_is_accepted(
    client: Client, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    filled = {"accepts": "on", "next": "/messagerie/", "read": client.get(TEXTS).context["read"]}
    assert f'name="read" value="{filled["read"]}"' in text_of(client.get(TEXTS))
    change(monkeypatch, PRIVACY, LAST)
    answer = client.post(TEXTS, filled)
    assert answer.headers["Location"] == f"{TEXTS}?next=%2Fmessagerie%2F"
    assert not has_accepted(member, TERMS)
    assert not has_accepted(member, PRIVACY)
    page = client.get(answer.headers["Location"])
    assert "Les litiges ont un médiateur." in text_of(page)
    assert "depuis que vous avez ouvert cette page" in text_of(page)
    client.post(TEXTS, filled | {"read": page.context["read"]})
    assert has_accepted(member, TERMS)
    assert has_accepted(member, PRIVACY)


@pytest.mark.requirement("SK-20", "K-34")
def test_without_accepting_one_reads_exports_closes_and_keeps_what_is_agreed(
    client: Client, member: User, booking: Booking, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    never_asked = [
        reverse("accounts:closing"),
        reverse("accounts:data"),
        reverse("pages:terms"),
        reverse("pages:preferences"),
        reverse("account_logout"),
    ]
    assert [client.get(address).status_code for address in never_asked] == [200] * len(never_asked)
    assert client.get(reverse("messaging:inbox")).status_code == 302
    for address in [reverse("messaging:inbox"), booking.get_absolute_url(), claire.page.get_absolute_url()]:
        assert client.get(address).status_code == 200, address
    assert client.post(reverse("bookings:withdrawal", args=[booking.reference])).status_code == 302
    booking.refresh_from_db()
    assert booking.status == "withdrawn"


def test_a_new_request_waits_for_the_answer(
    client: Client, member: User, claire: User, skill: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    new = f"{reverse('bookings:new')}?mentor={claire.page.slug}"
    for _again in range(2):
        assert client.get(new).headers["Location"].startswith(f"{TEXTS}?next=%2Freservations%2Fnouvelle")
        assert client.post(new, {}).headers["Location"].startswith(TEXTS)
    client.post(TEXTS, {"accepts": "on"})
    assert client.get(new).status_code == 200


def test_a_room_and_a_part_of_a_page_are_never_in_the_way(
    client: Client, member: User, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch)
    room = reverse("sessions_video:room", args=[booking.reference])
    assert TEXTS not in client.get(room).headers.get("Location", "")
    inbox = reverse("messaging:inbox")
    assert client.get(inbox, headers={"HX-Request": "true"}).status_code == 200
    assert client.get(inbox, headers={"Sec-Fetch-Dest": "empty"}).status_code == 200


def test_only_who_accepted_a_former_version_is_asked(
    member: User, nadia: User, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_legal(user=claire, documents=[TERMS, PRIVACY, SERVICE_TERMS])
    change(monkeypatch, SERVICE_TERMS)
    assert texts_to_accept(nadia) == []
    assert texts_to_accept(member) == []
    assert [text.document for text in texts_to_accept(claire)] == [SERVICE_TERMS]


def test_who_accepted_all_is_not_looked_up_again(client: Client, member: User) -> None:
    client.get(reverse("pages:account"))
    assert client.session["legal_accepted"] == legal.fingerprint()


def test_former_versions_stay_readable_with_their_date(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> None:
    folder = tmp_path / "pages" / "legal" / "versions"
    folder.mkdir(parents=True)
    former = '{% extends "pages/legal/_document.html" %}{% block text %}<p>Ancien texte.</p>{% endblock text %}'
    (folder / f"terms-{FORMER.name}.html").write_text(former, encoding="utf8")
    engine: dict[str, Any] = dict(settings.TEMPLATES[0])
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path]}]
    monkeypatch.setitem(DOCUMENTS, "terms", Document("terms", "Conditions", (FORMER, NEXT)))
    today = text_of(client.get(reverse("pages:terms")))
    old = reverse("pages:legal_version", args=["terms", FORMER.name])
    assert "Version 2027-03, en vigueur depuis le" in today
    assert old in today
    text = text_of(client.get(old))
    assert "Ancien texte." in text
    assert "Elle n’est plus en vigueur" in text
    assert client.get(reverse("pages:legal_version", args=["terms", "1999-01"])).status_code == 404
    assert client.get(reverse("pages:legal_version", args=["inconnu", "2027-03"])).status_code == 404


def test_every_former_version_has_its_template_and_every_new_one_says_what_changed() -> None:
    root = Path(__file__).resolve().parents[2] / "templates"
    texts = [(text, version) for text in DOCUMENTS.values() for version in text.versions]
    assert [
        text.template_of(version) for text, version in texts if not (root / text.template_of(version)).exists()
    ] == []
    assert [version for history in legal.HISTORY.values() for version in history[1:] if not version.changes] == []
