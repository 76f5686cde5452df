from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import User
from stripe_sandbox import Sandbox
from tests.cases.making import Day, paid_by_card
from tests.databases import cloned_database
from tests.sessions_video.conftest import at_local_hour, make_member
from tests.stripe import sandbox

__all__ = ["cloned_database", "sandbox"]


@pytest.fixture
def day(db: None, sandbox: Sandbox) -> Callable[..., Day]:
    """A session of today, agreed and paid by card for 47,00 €."""
    at_local_hour(9)
    return partial(paid_by_card, sandbox)


@pytest.fixture
def stranger(db: None) -> User:
    return make_member("Nadia")
