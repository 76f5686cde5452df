import pytest

from accounts.models import User
from catalog.models import Skill
from tests import people
from tests.databases import cloned_database
from tests.stripe import sandbox

__all__ = ["cloned_database", "sandbox"]


@pytest.fixture
def skill(claire: User) -> Skill:
    return people.skill_of(claire)
