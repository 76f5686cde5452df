"""Database work of the sockets, away from the one thread that Channels shares, and signs of life gathered by process.

With the shared thread, one locked row stops every room of the process.
"""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from sessions_video import services

T = TypeVar("T")
POOL = ThreadPoolExecutor(16, thread_name_prefix="room")
# Work that waits for a bank keeps no thread from the rooms.
BANK_POOL = ThreadPoolExecutor(4, thread_name_prefix="bank")
GATHER_SECONDS = 0.1


async def in_database(work: Callable[..., T], /, **arguments: Any) -> T:
    call = database_sync_to_async(partial(work, **arguments), thread_sensitive=False, executor=POOL)
    return cast(T, await call())


async def with_bank(work: Callable[..., T], /, **arguments: Any) -> T:
    call = database_sync_to_async(partial(work, **arguments), thread_sensitive=False, executor=BANK_POOL)
    return cast(T, await call())


class Beats:
    """Signs of life of one event loop: all that come within a tenth of a second are one statement."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, Future[bool]] = {}
        self._round: asyncio.Task[None] | None = None

    async def beat(self, lease: UUID) -> bool:
        """False when the lease has lapsed or was replaced."""
        loop = asyncio.get_running_loop()
        answer = self._waiting.setdefault(lease, loop.create_future())
        if self._round is None:
            self._round = loop.create_task(self._gather())
        return await asyncio.shield(answer)

    async def _gather(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        waiting, self._waiting, self._round = self._waiting, {}, None
        try:
            alive = await in_database(services.beat, leases=list(waiting), skip_locked=True)
        except Exception:  # noqa: BLE001  (each page is tried alone below, and hears of the failure there)
            alive = set()
        for lease in alive:
            waiting.pop(lease).set_result(True)
        await asyncio.gather(*(self._alone(lease, answer) for lease, answer in waiting.items()))

    async def _alone(self, lease: UUID, answer: "Future[bool]") -> None:
        """Dead, or its row was locked just now: waiting for that row delays nobody else."""
        try:
            answer.set_result(lease in await in_database(services.beat, leases=[lease]))
        except Exception as error:  # noqa: BLE001  (handed to the one who waits)
            answer.set_exception(error)


_beats: WeakKeyDictionary[AbstractEventLoop, Beats] = WeakKeyDictionary()


def beats() -> Beats:
    return _beats.setdefault(asyncio.get_running_loop(), Beats())
