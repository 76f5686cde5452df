"""Motives that lead to a screen of their own."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from reviews.services import publish_review, report_review
from reviews.states import Ground
from support.models import Motive, Ticket
from tests.sessions_video.conftest import Room, hold_session, make_room, morning
from tests.support.pages import text_of

__all__ = ["make_room", "morning"]

REVIEW = "/contact/avis/"


@pytest.fixture
def session(make_room: Callable[..., Room]) -> Room:
    """A session that was billed and settled just now."""
    return hold_session(make_room())


@pytest.mark.requirement("SK-101")
def test_a_mentor_reports_a_review_from_the_contact_form(client: Client, session: Room) -> None:
    mentor, booking = session.mentor, session.video_session.booking
    client.force_login(mentor)
    assert REVIEW in text_of(client.get("/contact/"))
    assert "Vous n’avez pas encore reçu d’avis." in text_of(client.get(REVIEW))
    review = publish_review(booking=booking, by=session.learner, mark=1, comment="C’est un escroc.")
    page = text_of(client.get(REVIEW))
    report = reverse("reviews:report", args=[review.reference])
    assert report in page
    assert "C’est un escroc." in page
    assert page.index("Nous retirons un avis pour injure") < page.index(report)
    assert client.get(report).status_code == 200
    assert client.post(REVIEW, {"body": "Il ment."}).status_code == 200
    assert not Ticket.objects.exists()
    report_review(review=review, by=mentor, ground=Ground.DEFAMATION, passage="un escroc", words="C’est faux.")
    page = text_of(client.get(REVIEW))
    assert report not in page
    assert "Déjà signalé" in page


def test_reviews_of_others_are_not_listed(client: Client, session: Room) -> None:
    publish_review(booking=session.video_session.booking, by=session.learner, mark=1, comment="C’est un escroc.")
    client.force_login(session.learner)
    assert client.get(REVIEW).status_code == 302
    Motive.objects.filter(slug="avis").update(audience="members")
    assert "C’est un escroc." not in text_of(client.get(REVIEW))


def test_what_a_motive_leads_to_may_be_unknown(client: Client, session: Room) -> None:
    """The module that brings the screen is not installed: the form stays."""
    Motive.objects.filter(slug="avis").update(leads_to="elsewhere")
    client.force_login(session.mentor)
    assert "<textarea" in text_of(client.get(REVIEW))
