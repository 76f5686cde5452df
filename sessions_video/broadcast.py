"""Telling the open pages of a room. Best effort: state is in the database, and each page asks for it again anyway."""

from typing import Any

from core.live import send, send_on_commit

__all__ = ["meter_changed", "send"]


def meter_changed(group: str, state: dict[str, Any]) -> None:
    send_on_commit(group, {"type": "room.meter", "state": state})
