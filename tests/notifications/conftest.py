import pytest

from accounts.models import User
from tests import people


@pytest.fixture
def karim(db: None) -> User:
    return people.member("Karim", "Benali")


@pytest.fixture
def nadia(db: None) -> User:
    return people.member("Nadia", "Faure", time_zone="America/Montreal")
