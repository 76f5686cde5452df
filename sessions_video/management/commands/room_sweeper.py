"""Looks at every room where something is due, each second, until told to stop. Any number of these may run."""

import asyncio
import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand

from core.health.signs import sign
from core.observation import occasion
from sessions_video import services
from sessions_video.threads import in_database

log = logging.getLogger(__name__)
PERIOD_SECONDS = 1.0


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        asyncio.run(self.sweep_until_told())

    async def sweep_until_told(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        while not stop.is_set():
            started = loop.time()
            await sweep_once()
            await asyncio.to_thread(sign, "sweeper")
            pause = max(0.05, PERIOD_SECONDS - (loop.time() - started))
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                continue


async def sweep_once() -> int:
    """One round. A room that fails is logged and looked at again in the next round, the others go on."""
    try:
        due = await in_database(services.due_sessions)
    except Exception:
        log.exception("rooms could not be listed")
        return 0
    for video_session_id in due:
        occasion.begin(job="room_sweeper", room=video_session_id)
        try:
            await in_database(services.sweep_session, video_session_id=video_session_id)
        except Exception:
            log.exception("room %s could not be swept", video_session_id)
    return len(due)
