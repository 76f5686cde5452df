"""Database work of the sockets, away from the one thread that Channels shares; what many ask at once is asked once.

With the shared thread, one locked row stops every room of the process.
"""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary, WeakValueDictionary

from channels.db import database_sync_to_async

from accounts.models import User
from core.observation import occasion
from sessions_video import services
from sessions_video.reading import peek, peek_many
from sessions_video.selectors import newest_lines

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
POOL = ThreadPoolExecutor(16, thread_name_prefix="room")
# Work that waits for a bank keeps no thread from the rooms.
BANK_POOL = ThreadPoolExecutor(4, thread_name_prefix="bank")
_turns: WeakKeyDictionary[AbstractEventLoop, WeakValueDictionary[int, asyncio.Lock]] = WeakKeyDictionary()
GATHER_SECONDS = 0.1
# Pages that come in at the same time: after a restart all come at once, and a few that are in are better than a crowd
# of which each waits for all.
DOORS = 32
WAITING_SECONDS = 5.0
_doors: WeakKeyDictionary[AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def in_database(work: Callable[..., T], /, **arguments: Any) -> T:
    call = database_sync_to_async(partial(work, **arguments), thread_sensitive=False, executor=POOL)
    return cast(T, await call())


@asynccontextmanager
async def door(while_waiting: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """One of the doors of this process; whoever waits is told so now and then."""
    doors = _doors.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(DOORS))
    while True:
        try:
            await asyncio.wait_for(doors.acquire(), WAITING_SECONDS)
        except TimeoutError:
            await while_waiting()
        else:
            break
    try:
        yield
    finally:
        doors.release()


async def with_bank(work: Callable[..., T], /, *, by: User, **arguments: Any) -> T:
    """One piece of work of a person at a time: who asks again and again waits for himself, not the other rooms."""
    call = database_sync_to_async(partial(work, by=by, **arguments), thread_sensitive=False, executor=BANK_POOL)
    turns = _turns.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    async with turns.setdefault(by.pk, asyncio.Lock()):
        return cast(T, await call())


class Gathered(Generic[K, V]):
    """Questions of the sockets of one event loop: all that come within a tenth of a second are asked at once.

    What the common answer leaves out, or all of it when asking fails, is asked alone.
    """

    def __init__(self, many: Callable[[list[K]], Mapping[K, V]], one: Callable[[K], V]) -> None:
        self._many = many
        self._one = one
        self._waiting: dict[K, Future[V]] = {}
        self._round: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V:
        loop = asyncio.get_running_loop()
        answer = self._waiting.setdefault(key, loop.create_future())
        if self._round is None:
            self._round = loop.create_task(self._gather())
        return await asyncio.shield(answer)

    async def _gather(self) -> None:
        # Asked for many rooms: what is written meanwhile is not about the first of them.
        occasion.end()
        await asyncio.sleep(GATHER_SECONDS)
        waiting, self._waiting, self._round = self._waiting, {}, None
        try:
            found = await in_database(partial(self._many, list(waiting)))
        except Exception:  # noqa: BLE001  (each is asked alone below, and hears of the failure there)
            found = {}
        for key, value in found.items():
            waiting.pop(key).set_result(value)
            # Between two answers the loop looks at its sockets: what is passed on does not wait for all of them.
            await asyncio.sleep(0)
        await asyncio.gather(*(self._alone(key, answer) for key, answer in waiting.items()))

    async def _alone(self, key: K, answer: "Future[V]") -> None:
        try:
            answer.set_result(await in_database(partial(self._one, key)))
        except Exception as error:  # noqa: BLE001  (handed to the one who waits)
            answer.set_exception(error)


def _beat_many(leases: list[UUID]) -> dict[UUID, bool]:
    """A row that somebody is writing just now is left out: waiting for it delays nobody else."""
    return dict.fromkeys(services.beat(leases, skip_locked=True), True)


def _beat(lease: UUID) -> bool:
    return lease in services.beat([lease])


_beats: WeakKeyDictionary[AbstractEventLoop, Gathered[UUID, bool]] = WeakKeyDictionary()
_states: WeakKeyDictionary[AbstractEventLoop, Gathered[int, dict[str, Any]]] = WeakKeyDictionary()


def _newest_line(video_session_id: int) -> int:
    return newest_lines([video_session_id])[video_session_id]


_lines: WeakKeyDictionary[AbstractEventLoop, Gathered[int, int]] = WeakKeyDictionary()


async def newest_line(video_session_id: int) -> int:
    """The newest message between both people of a room."""
    gathered = _lines.setdefault(asyncio.get_running_loop(), Gathered(newest_lines, _newest_line))
    return await gathered.ask(video_session_id)


async def beat(lease: UUID) -> bool:
    """A sign of life. False when the lease has lapsed or was replaced."""
    gathered = _beats.setdefault(asyncio.get_running_loop(), Gathered(_beat_many, _beat))
    return await gathered.ask(lease)


async def state_of(video_session_id: int) -> dict[str, Any]:
    """What the pages of a room draw now."""
    gathered = _states.setdefault(asyncio.get_running_loop(), Gathered(peek_many, peek))
    return await gathered.ask(video_session_id)
