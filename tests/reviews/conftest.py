from collections.abc import Callable

import pytest

from tests.sessions_video.conftest import Room, at_local_hour, build_room, hold_session


@pytest.fixture
def morning() -> None:
    at_local_hour(9)


@pytest.fixture
def make_room(db: None, morning: None) -> Callable[..., Room]:
    return build_room


@pytest.fixture
def session(make_room: Callable[..., Room]) -> Room:
    """A session that was billed and settled just now."""
    return hold_session(make_room())
