"""The motives that come with the product make sense together."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User
from bookings.models import Booking
from support import audiences
from support.models import Motive, Priority, Team, Ticket
from tests.support.pages import lands, text_of


def test_their_links_lead_to_pages_that_exist(db: None) -> None:
    for motive in Motive.objects.all():
        for words, address in motive.help_links:
            assert words
            # Raises for an address that nobody answers.
            resolve(urlsplit(address).path)


def test_their_anchors_are_in_the_help(client: Client, db: None) -> None:
    page = text_of(client.get("/aide/"))
    found = [address for motive in Motive.objects.all() for _words, address in motive.help_links if "#" in address]
    assert found
    assert [address for address in found if f'id="{urlsplit(address).fragment}"' not in page] == []


def test_each_says_what_to_read_first_who_answers_and_until_when(db: None) -> None:
    headings = Motive.objects.filter(parent=None)
    for motive in Motive.objects.exclude(parent=None):
        assert motive.parent in headings
        assert motive.help
        assert motive.audience in audiences.registered()
        assert set(motive.requires) <= set(motive.asks)


def test_danger_goes_first_and_one_motive_is_the_last_resort(db: None) -> None:
    assert Motive.objects.get(slug="signalement").priority == Priority.URGENT
    assert Motive.objects.get(is_last_resort=True).slug == "autre"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_drawn_in_both_languages(client: Client, karim: User, language: str) -> None:
    karim.language = language
    karim.save()
    client.force_login(karim)
    for path in ("/contact/", "/contact/paiement/", "/contact/demandes/"):
        assert f'lang="{language}"' in text_of(client.get(path))


def test_whoever_wrote_a_review_may_contest_what_became_of_it(client: Client, booking: Booking, karim: User) -> None:
    """« Règles des avis » says so."""
    client.force_login(karim)
    form = {"body": "Mon avis était mesuré.", "client_id": uuid4(), "session": f"booking:{booking.reference}"}
    assert "une autre personne de l’équipe relit" in text_of(client.get("/contact/avis-conteste/"))
    lands(client.post("/contact/avis-conteste/", form))
    assert Ticket.objects.get().team == Team.MODERATION
    page = text_of(client.post("/contact/avis-conteste/", form | {"session": "", "client_id": uuid4()}))
    assert "Rien n’est enregistré" in page
