"""What the state machines share: one map of allowed moves, checked before every write of a status."""

from collections.abc import Mapping

from core.errors import IllegalMove


def check_move(allowed: Mapping[str, frozenset[str]], current: str, to: str) -> None:
    """Raise IllegalMove unless `allowed` has a way from `current` to `to`."""
    if to not in allowed.get(current, frozenset()):
        raise IllegalMove
