"""What the three posts of a negotiation ask of the database: a figure that grows is a question asked twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from catalog.models import Skill
from core import clock
from tests.bookings.making import current_hash

TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def questions(client: Client, address: str, fields: dict[str, str]) -> tuple[int, int]:
    """How many questions, and how many words about transactions."""
    with CaptureQueriesContext(connection) as asked:
        assert client.post(address, fields).status_code == 302
    frame = sum(query["sql"].startswith(TRANSACTION) for query in asked)
    return len(asked) - frame, frame


def terms(at: str) -> dict[str, str]:
    day = (clock.now() + timedelta(days=7)).date().isoformat()
    return {"duration": "60", "objectives": "Comparer trois saisons", "day": day, "at": at}


@pytest.mark.django_db
def test_a_request_its_counter_offer_and_its_acceptance(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    for person in (karim, claire):
        client.force_login(person)
        client.get(reverse("bookings:my_sessions"))
    client.force_login(karim)
    client.get(reverse("bookings:my_sessions"))
    new = f"{reverse('bookings:new')}?mentor={claire.page.slug}"
    offer = {"offer": f"competence:{skill.slug}", "client_token": str(uuid4())}
    asked, frame = questions(client, new, terms("14:00") | offer)
    assert asked <= 36
    assert frame <= 12

    booking = Booking.objects.get()
    client.force_login(claire)
    client.get(reverse("bookings:my_sessions"))
    counter = reverse("bookings:counter_offer", args=[booking.reference])
    asked, frame = questions(client, counter, terms("16:00") | {"version": current_hash(booking), "note": "Plutôt là."})
    assert asked <= 24
    assert frame <= 10

    booking.refresh_from_db()
    client.force_login(karim)
    client.get(reverse("bookings:my_sessions"))
    accept = reverse("bookings:acceptance", args=[booking.reference])
    asked, frame = questions(client, accept, {"version": current_hash(booking)})
    assert asked <= 22
    assert frame <= 6
