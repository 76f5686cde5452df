"""Two pages in one room: they join, pay, write, pause, and end together, whatever happens to the server meanwhile."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed

from journeys.room_pages import BEAT_SECONDS, Door, Page

OVER = 4410
PARTS = 7
AGAIN_SECONDS = 2.0
PATIENCE_SECONDS = 300
NO_DOORS = 1000


@dataclass
class RoomPage(Page):
    """`spans` end at the last answered sign of life plus one beat: what no answer proves is not claimed."""

    state: dict[str, Any] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)
    answered_at: float = 0
    ended_at: float | None = None
    is_pausing: bool = False

    def _hear(self, text: str | bytes) -> None:
        message = json.loads(text)
        if message["type"] == "presence.alive" and message["alive"] and not self.is_pausing:
            self.answered_at = time.monotonic()
        elif message["type"] == "chat.message":
            self.lines.add(str(message["client_id"]))
        elif message["type"] == "meter.state":
            self._see(message)
        elif message["type"] == "room.joined":
            self._see(message["state"])
        elif message["type"] == "room.state":
            self.lines |= {str(line["client_id"]) for line in message["chat"]}
        if not (self.is_pausing and message["type"] == "presence.alive"):
            super()._hear(text)

    def _see(self, state: dict[str, Any]) -> None:
        if state.get("revision", 0) >= self.state.get("revision", 0):
            self.state = state
        if self.state.get("phase") == "ended":
            self.ended_at = self.ended_at or time.monotonic()

    def _joined(self) -> None:
        super()._joined()
        self.answered_at = time.monotonic()

    def _cut(self) -> None:
        if self.joined_at is not None:
            end = min(time.monotonic(), self.answered_at + BEAT_SECONDS, self.ended_at or float("inf"))
            self.spans.append((self.joined_at, max(end, self.joined_at)))
        self.joined_at = None
        if self.socket and self.socket.close_code == OVER:
            self.ended_at = self.ended_at or time.monotonic()
        self.is_leaving = self.is_leaving or self.ended_at is not None

    async def say(self, **message: object) -> None:
        """Lost when the socket is gone: whoever needs it heard says it again."""
        if self.socket:
            with suppress(ConnectionClosed):
                await self.socket.send(json.dumps(message))

    async def insist(self, reached: Callable[[], bool], **message: object) -> None:
        """Say it, and again while nothing shows that it was heard, as the page's script does."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reached():
                if self.joined_at is not None or message["type"] == "room.join":
                    await self.say(**message)
                for _look in range(20):
                    if reached():
                        return
                    await asyncio.sleep(AGAIN_SECONDS / 20)

    async def show_life(self) -> None:
        """One sign of life more, and its answer."""
        self.is_heard.clear()
        if self.socket:
            await self._send_beat(self.socket)
            await asyncio.wait_for(self.is_heard.wait(), PATIENCE_SECONDS)

    async def pause(self, seconds: float) -> None:
        """The person leaves the call and comes back; the page stays open."""
        self._cut()
        self.is_pausing = True
        await self.say(type="room.leave")
        await asyncio.sleep(seconds)
        self.is_pausing = False
        await self.insist(lambda: self.joined_at is not None or self.ended_at is not None, type="room.join")


@dataclass
class Meeting:
    """`lines`: what each of both surely wrote, by its client id. `progress`: how many of its parts are over."""

    mentor: RoomPage
    learner: RoomPage
    progress: int = 0
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def pages(self) -> tuple[RoomPage, RoomPage]:
        return self.mentor, self.learner

    async def play(self, name: str, seconds: float) -> None:
        doors = asyncio.Semaphore(NO_DOORS)
        # What a page cannot read ends the meeting: nobody would hear it.
        async with asyncio.TaskGroup() as everything:
            for page in self.pages:
                everything.create_task(page.live(doors))
            everything.create_task(self._meet(name, seconds))

    async def _meet(self, name: str, seconds: float) -> None:
        try:
            for page in self.pages:
                await asyncio.wait_for(page.is_ready.wait(), PATIENCE_SECONDS)
            for part in self._parts(name, seconds):
                self.progress += 1
                await part
        finally:
            for page in self.pages:
                await self._close(page)

    def _parts(self, name: str, seconds: float) -> Iterator[Awaitable[object]]:
        yield self.mentor.insist(lambda: bool(self.mentor.state.get("paid")), type="meter.start")
        for number in range(2):
            yield asyncio.gather(self._write(name, number), asyncio.sleep(seconds / 4))
            yield asyncio.sleep(seconds / 4)
            if number == 0:
                yield self.learner.pause(1)
        yield self._end()

    async def _write(self, name: str, number: int) -> None:
        for page, who in zip(self.pages, ("mentor", "learner"), strict=True):
            client_id, body = str(uuid4()), f"{name}: {who} dans la salle, {number}"
            await page.insist(self._heard(page, client_id), type="chat.send", client_id=client_id, body=body)
            self.lines[client_id] = body

    def _heard(self, page: RoomPage, client_id: str) -> Callable[[], bool]:
        return lambda: client_id in page.lines

    async def _end(self) -> None:
        """Who was cut off comes back to a session that nobody asked to end: it is asked again."""
        while not self._is_over():
            asked = self._is_asked()
            page, word = (self.learner, "end.confirm") if asked else (self.mentor, "end.ask")
            await page.insist(partial(self._has_moved, asked), type=word)

    def _is_asked(self) -> bool:
        return bool(self.learner.state.get("end_asked_by"))

    def _has_moved(self, asked: bool) -> bool:  # noqa: FBT001  (bound by a partial)
        return self._is_over() or self._is_asked() != asked

    def _is_over(self) -> bool:
        return any(page.ended_at is not None for page in self.pages)

    async def _close(self, page: RoomPage) -> None:
        page.is_leaving = True
        page._cut()
        page.left_at = page.ended_at or time.monotonic()
        if page.socket:
            await page.socket.close()


def page_in(url: str, reference: str, cookie: str) -> RoomPage:
    return RoomPage(Door(f"{url}/ws/salle/{reference}/", cookie=cookie))
