"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits and cached values do not reach the next test."""
    yield
    cache.clear()
