import pytest

from accounts.models import User
from catalog.models import Skill
from tests import people
from tests.databases import cloned_database
from tests.stripe import sandbox

__all__ = ["cloned_database", "sandbox"]


@pytest.fixture
def claire(db: None) -> User:
    return people.mentor("Claire", "Roux")


@pytest.fixture
def skill(claire: User) -> Skill:
    return people.skill_of(claire)


@pytest.fixture
def karim(db: None) -> User:
    return people.member("Karim", "Benali")


@pytest.fixture
def nadia(db: None) -> User:
    return people.member("Nadia", "Faure")
