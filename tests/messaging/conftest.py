import pytest

from accounts.models import User
from messaging.models import Thread
from messaging.services import get_or_create_thread
from tests import people


@pytest.fixture
def claire(db: None) -> User:
    return people.mentor("Claire", "Roux")


@pytest.fixture
def karim(db: None) -> User:
    return people.member("Karim", "Benali")


@pytest.fixture
def nadia(db: None) -> User:
    return people.member("Nadia", "Faure")


@pytest.fixture
def thread(karim: User, claire: User) -> Thread:
    return get_or_create_thread(one=karim, other=claire)
