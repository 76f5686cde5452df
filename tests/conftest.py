"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from accounts.models import User
from catalog.selectors import community
from tests import people


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits and cached values do not reach the next test."""
    yield
    cache.clear()
    community._long_lists.clear()


# --- the cast: a mentor who can be booked, a learner, a stranger ---


@pytest.fixture
def claire(db: None) -> User:
    return people.mentor("Claire", "Roux")


@pytest.fixture
def karim(db: None) -> User:
    return people.member("Karim", "Benali")


@pytest.fixture
def nadia(db: None) -> User:
    return people.member("Nadia", "Faure")
