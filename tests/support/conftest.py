from uuid import uuid4

import pytest

from accounts.models import User
from bookings.models import Booking
from support.models import Motive, Ticket
from support.services import send_ticket
from support.services.sending import Visitor
from tests import people
from tests.bookings.making import ask, soon


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi", first_name="Camille")


@pytest.fixture
def booking(karim: User, claire: User) -> Booking:
    people.skill_of(claire)
    return ask(karim, claire, **soon())


@pytest.fixture
def motive(db: None) -> Motive:
    return Motive.objects.get(slug="paiement")


@pytest.fixture
def ticket(karim: User, motive: Motive) -> Ticket:
    return send_ticket(by=karim, motive=motive, body="J’ai été débité deux fois.", client_id=uuid4())


@pytest.fixture
def visitor_ticket(motive: Motive) -> Ticket:
    visitor = Visitor("Paul Durand", "paul@example.net", "fr", "ici")
    return send_ticket(by=visitor, motive=motive, body="Combien coûte une session ?", client_id=uuid4())
