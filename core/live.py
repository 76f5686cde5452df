"""Telling the open pages. Best effort: state is in the database, and each page asks for it again anyway."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 2.0


async def send(group: str, message: dict[str, Any]) -> None:
    """A dead or slow channel layer is logged and forgotten."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await asyncio.wait_for(layer.group_send(group, message), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001  (whatever Redis or its client raises, the pages go on)
        log.warning("live message not sent: %r", error)


def send_on_commit(group: str, message: dict[str, Any]) -> None:
    """For services: nobody hears of what is rolled back."""

    def tell() -> None:  # not a partial: Django names the function when it fails
        # A visitor who leaves cancels what his page waits for, and `robust` lets that through. The page goes on: else
        # a service would take what it committed for undone, and take its files out again.
        with suppress(asyncio.CancelledError):
            if not _is_in_loop():
                async_to_sync(send)(group, message)

    transaction.on_commit(tell, robust=True)


def _is_in_loop() -> bool:
    """A thread that runs an event loop cannot wait for another one: a test that drives a browser has such a thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
