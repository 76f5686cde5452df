import pytest

from accounts.models import User
from bookings.models import Booking
from catalog.models import Skill
from tests import people
from tests.bookings.making import ask, soon
from tests.databases import cloned_database
from tests.stripe import sandbox

__all__ = ["cloned_database", "sandbox"]


@pytest.fixture
def skill(claire: User) -> Skill:
    return people.skill_of(claire)


@pytest.fixture
def booking(karim: User, claire: User, skill: Skill) -> Booking:
    return ask(karim, claire, **soon())
