from collections.abc import Callable

import pytest

from tests.sessions_video.conftest import Room, hold_session, make_room, morning

__all__ = ["make_room", "morning"]


@pytest.fixture
def session(make_room: Callable[..., Room]) -> Room:
    """A session that was billed and settled just now."""
    return hold_session(make_room())
