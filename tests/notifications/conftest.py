import pytest

from accounts.models import User
from tests import people


@pytest.fixture
def nadia(db: None) -> User:
    """Far from Paris."""
    return people.member("Nadia", "Faure", time_zone="America/Montreal")
