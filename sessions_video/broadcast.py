"""Telling the open pages of a room. Best effort: state is in the database, and each page asks for it again anyway."""

from typing import Any

from asgiref.sync import async_to_sync

from core.live import send

__all__ = ["meter_changed", "send"]


def meter_changed(group: str, state: dict[str, Any]) -> None:
    async_to_sync(send)(group, {"type": "room.meter", "state": state})
