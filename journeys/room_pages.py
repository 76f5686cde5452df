"""The pages of many rooms in one process: they join, beat, signal to each other, and come back after a cut."""

import asyncio
import json
import random
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

BEAT_SECONDS = 5.0
# As the room's own script comes back: a pause that doubles, with chance in it.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 3.0
LONGEST_GOODBYE = 30


@dataclass(frozen=True)
class Door:
    """Where a page connects: a room of the product (`joins`), or the echo."""

    url: str
    cookie: str = ""
    joins: bool = True

    @property
    def origin(self) -> Origin:
        """As a browser names the page it has open."""
        parts = urlsplit(self.url)
        return Origin(f"http://{parts.netloc}")


@dataclass
class Page:
    """One page. `spans`: monotonic times between a join that was acknowledged and the loss of its socket or lease.

    `asked_at`: when it first asked to come in; `left_at`: when the server had surely heard its goodbye.
    """

    door: Door
    name: str = field(default_factory=lambda: str(uuid4()))
    socket: ClientConnection | None = None
    peer: str = ""
    asked_at: float | None = None
    joined_at: float | None = None
    left_at: float = 0
    spans: list[tuple[float, float]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    unanswered: int = 0
    is_heard: asyncio.Event = field(default_factory=asyncio.Event)
    is_leaving: bool = False
    _again: asyncio.Task[None] | None = None

    async def live(self, doors: asyncio.Semaphore) -> None:
        pause = FIRST_PAUSE
        while not self.is_leaving:
            try:
                # Rooms fill one by one; after a cut everybody comes at the same time.
                async with nullcontext() if self.spans else doors:
                    self.asked_at = self.asked_at or time.monotonic()
                    socket = await self._open()
                    if self.door.joins:
                        await self._join()
                    else:
                        self._joined()
                    await self._first_answer(socket)
                pause = FIRST_PAUSE
                await self._listen(socket)
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                self._cut()
                await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE)
        self._cut()

    async def _open(self) -> ClientConnection:
        url = f"{self.door.url}?page={self.name}" if self.door.joins else self.door.url
        headers = {"Cookie": self.door.cookie} if self.door.cookie else {}
        self.unanswered = 0
        self.socket = await connect(
            url,
            origin=self.door.origin,
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            open_timeout=60,
            max_queue=None,
        )
        return self.socket

    async def _join(self) -> None:
        if self.socket:
            await self.socket.send('{"type":"room.join"}')

    async def _first_answer(self, socket: ClientConnection) -> None:
        """The next page comes through this door once this one is in."""
        while self.joined_at is None:
            self._hear(await asyncio.wait_for(socket.recv(), 60))

    async def _listen(self, socket: ClientConnection) -> None:
        beats = asyncio.create_task(self._beat(socket))
        try:
            async for message in socket:
                self._hear(message)
        finally:
            beats.cancel()
        raise ConnectionClosed(None, None)

    async def _beat(self, socket: ClientConnection) -> None:
        await asyncio.sleep(random.random() * BEAT_SECONDS)  # noqa: S311
        while True:
            await self._send_beat(socket)
            await asyncio.sleep(BEAT_SECONDS)

    async def _send_beat(self, socket: ClientConnection) -> None:
        self.unanswered += 1
        await socket.send('{"type":"presence.beat"}')

    def _hear(self, text: str | bytes) -> None:
        message = json.loads(text)
        kind = message["type"]
        if kind == "room.joined":
            self._joined()
        elif kind == "presence.alive":
            self.unanswered -= 1
            if not self.unanswered:
                self.is_heard.set()
            if not message["alive"] and not self.is_leaving:
                self._cut()
                self._again = asyncio.create_task(self._join())
        elif kind in ("peer.joined", "peer.here"):
            self.peer = message["page"]
        elif kind == "signal.candidate":
            self.delays.append(time.monotonic() - float(message["candidate"]["candidate"]))

    def _joined(self) -> None:
        self.joined_at = time.monotonic()
        self.is_ready.set()

    def _cut(self) -> None:
        if self.joined_at is not None:
            self.spans.append((self.joined_at, time.monotonic()))
        self.joined_at = None

    async def signal(self) -> None:
        """One candidate that carries the time it was sent at."""
        candidate = {"candidate": str(time.monotonic()), "sdpMid": None, "sdpMLineIndex": 0, "usernameFragment": None}
        message = {"type": "signal.candidate", "to": self.peer, "generation": 1, "candidate": candidate}
        if self.socket and self.joined_at is not None and (self.peer or not self.door.joins):
            await self.socket.send(json.dumps(message))

    async def leave(self, doors: asyncio.Semaphore) -> None:
        self.is_leaving = True
        async with doors:
            if self.socket and self.joined_at is not None:
                if self.door.joins:
                    await self._say_goodbye(self.socket)
                self._cut()
                await self.socket.close()
        self.left_at = self.left_at or time.monotonic()

    async def _say_goodbye(self, socket: ClientConnection) -> None:
        """Messages are treated in their order: the answer to the second tells that the first was."""
        self._cut()
        self.is_heard.clear()
        # A socket that was cut meanwhile answers no more.
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(LONGEST_GOODBYE):
                await socket.send('{"type":"room.leave"}')
                await self._send_beat(socket)
                await self.is_heard.wait()
        self.left_at = time.monotonic()


@dataclass(frozen=True)
class Seconds:
    """Of one room, in seconds. `together`: both pages acknowledged; `whole`: from when both had asked to the end."""

    together: float
    whole: float
    counted: float

    @property
    def lost(self) -> float:
        return max(0.0, self.together - self.counted)

    @property
    def double(self) -> float:
        return max(0.0, self.counted - self.whole)
