import pytest

from accounts.models import User
from messaging.models import Thread
from messaging.services import get_or_create_thread
from tests.databases import cloned_database

__all__ = ["cloned_database"]


@pytest.fixture
def thread(karim: User, claire: User) -> Thread:
    return get_or_create_thread(one=karim, other=claire)
