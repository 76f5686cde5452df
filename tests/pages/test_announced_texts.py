"""The page of a text says what comes next, at its top, and stays the text in force until then."""

from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts import legal
from accounts.legal import SERVICE_TERMS, TERMS
from accounts.models import User
from tests.bookings.making import text_of
from tests.legal import (
    ANNOUNCED,
    COMING,
    DAY_AFTER,
    FIRST_SECOND,
    LAST_SECOND,
    LONG_BEFORE,
    announce,
    former_templates,
    join,
)

HERE, NEXT = reverse("pages:terms"), reverse("pages:legal_version", args=["terms", COMING.name])
LINE = "Une nouvelle version entre en vigueur le lundi 1er février 2027."
EARLY = "Accepter dès maintenant"


@pytest.fixture(autouse=True)
def _texts(db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> None:
    former_templates(settings, tmp_path)
    announce(monkeypatch)


def page(client: Client, address: str, at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        return text_of(client.get(address))


@pytest.mark.parametrize("at", [ANNOUNCED, LAST_SECOND])
def test_before_the_day_the_text_in_force_says_at_its_top_what_comes(client: Client, at: datetime) -> None:
    text = page(client, HERE, at)
    assert "Le texte d’avant." in text
    assert text.index(LINE) < text.index("La commission passe à 18 %.") < text.index("Le texte d’avant.")
    assert f'href="{NEXT}"' in text
    assert "Lire la nouvelle version" in text
    assert "annoncée" in text


def test_before_the_day_the_new_text_says_from_when(client: Client) -> None:
    text = page(client, NEXT, LAST_SECOND)
    assert "en vigueur à partir du lundi 1er février 2027. Jusque-là, la version actuelle s’applique." in text
    assert "Le texte d’avant." not in text
    assert "1. Qui nous sommes" in text
    assert "Elle n’est plus en vigueur" not in text
    assert EARLY not in text


def test_a_member_accepts_from_there_until_he_has(client: Client, karim: User, nadia: User) -> None:
    join(karim)
    with time_machine.travel(ANNOUNCED, tick=False):
        client.force_login(karim)
        assert EARLY in text_of(client.get(NEXT))
        client.post(reverse("accounts:texts"), {"accepts": "on"})
        assert EARLY not in text_of(client.get(NEXT))
        client.force_login(nadia)
        assert EARLY not in text_of(client.get(NEXT))


@pytest.mark.parametrize("at", [FIRST_SECOND, DAY_AFTER])
def test_from_the_day_on_the_usual_page_is_the_new_text(client: Client, at: datetime) -> None:
    text = page(client, HERE, at)
    assert "Version 2027-02, en vigueur depuis le lundi 1er février 2027." in text
    assert "1. Qui nous sommes" in text
    assert "Une nouvelle version entre en vigueur" not in text
    former = reverse("pages:legal_version", args=["terms", legal.HISTORY[TERMS][-2].name])
    assert former in text
    old = page(client, former, at)
    assert "Le texte d’avant." in old
    assert "Elle n’est plus en vigueur." in old


def test_a_version_whose_announcement_waits_for_its_day_is_not_to_be_read(client: Client) -> None:
    assert LINE not in page(client, HERE, LONG_BEFORE)
    assert NEXT not in page(client, HERE, LONG_BEFORE)
    with time_machine.travel(LONG_BEFORE, tick=False):
        assert client.get(NEXT).status_code == 404


def test_other_texts_say_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Une nouvelle version" not in page(client, reverse("pages:service_terms"), ANNOUNCED)
    announce(monkeypatch, COMING, SERVICE_TERMS)
    assert LINE in page(client, reverse("pages:service_terms"), ANNOUNCED)


def test_the_help_says_how_long_before(client: Client) -> None:
    assert "annoncée au moins 15 jours avant d’entrer en vigueur" in text_of(client.get(reverse("pages:deadlines")))
