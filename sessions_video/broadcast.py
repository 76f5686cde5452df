"""Telling the open pages. Best effort: state is in the database, and each page asks for it again anyway."""

import asyncio
import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 2.0


async def send(group: str, message: dict[str, Any]) -> None:
    """A dead or slow channel layer is logged and forgotten."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await asyncio.wait_for(layer.group_send(group, message), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001  (whatever Redis or its client raises, the room goes on)
        log.warning("room message not sent: %r", error)


def meter_changed(group: str, state: dict[str, Any]) -> None:
    async_to_sync(send)(group, {"type": "room.meter", "state": state})
