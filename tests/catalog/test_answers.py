"""How fast mentors answer is measured in their conversations and said in words."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Listing
from catalog.services import measure_answers
from core import clock
from messaging.services import get_or_create_thread, send_message
from tests.mentors.people import make_member, make_mentor

pytestmark = pytest.mark.django_db


def converse(mentor: User, name: str, minutes: int | None, now: datetime) -> None:
    other = make_member(name, "Martin")
    thread = get_or_create_thread(one=mentor, other=other)
    asked = now - timedelta(days=3)
    send_message(thread=thread, author=other, body="Bonjour", now=asked)
    if minutes is not None:
        send_message(thread=thread, author=mentor, body="Bonjour", now=asked + timedelta(minutes=minutes))


def measured(mentor: User) -> int | None:
    measure_answers()
    return Listing.objects.get(user=mentor).answer_minutes


def test_the_middle_of_at_least_three_answers_is_kept() -> None:
    ines, now = make_mentor(), clock.now()
    converse(ines, "Léa", 10, now)
    converse(ines, "Tom", 900, now)
    assert measured(ines) is None
    converse(ines, "Awa", 200, now)
    converse(ines, "Hugo", None, now)
    assert measured(ines) == 200
    page = Client().get(ines.page.get_absolute_url()).content.decode()
    assert "Répond en quelques heures" in page
    assert measure_answers() == 0


def test_who_writes_first_has_answered_nobody() -> None:
    ines, now = make_mentor(), clock.now()
    for name in ("Léa", "Tom", "Awa"):
        thread = get_or_create_thread(one=ines, other=make_member(name, "Martin"))
        send_message(thread=thread, author=ines, body="Bonjour", now=now - timedelta(days=1))
    assert measured(ines) is None
