"""Visitors who ask at a constant rate, whether they were answered or not, at a price that leaves the cores to others.

Each answer is waited for from the moment it should have been asked: a server that is late is late for everybody behind.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

import httptools

from benchmarks.pages_world import Ask
from core.embedded.parts import HOST

# Connections to one server, as a proxy keeps them.
MOST_LINES = 64
# What a proxy says of a visitor: https, and where he is. More addresses than any limit minds.
ADDRESSES = 4_000
# A server that is so far behind does not catch up.
MOST_SECONDS_BEHIND = 3.0
PATIENCE_SECONDS = 15.0
BAD_REQUEST = 400


@dataclass
class Answers:
    """`waits` in seconds, of everything that was answered; `errors` by status, or by what went wrong."""

    waits: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    ended: int = 0
    seconds: float = 0
    gave_up: bool = False

    @property
    def missing(self) -> int:
        return self.asked - self.ended

    def note(self, wait: float, status: int) -> None:
        self.ended += 1
        self.waits.append(wait)
        if status >= BAD_REQUEST:
            self.errors[str(status)] += 1

    def fail(self, why: str) -> None:
        self.ended += 1
        self.errors[why] += 1


@dataclass
class _Errand:
    due: float
    request: bytes
    tries: int = 0


class _Line(asyncio.Protocol):
    """One connection: one request at a time, kept open."""

    def __init__(self, door: "_Door") -> None:
        self._door = door
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self.errand: _Errand | None = None
        self.has_spoken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def carry(self, errand: _Errand) -> None:
        self.errand, self.has_spoken = errand, False
        if self._transport:
            self._transport.write(errand.request)

    def data_received(self, data: bytes) -> None:
        self.has_spoken = True
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        errand, self.errand = self.errand, None
        if errand:
            self._door.answered(self, errand, self._parser.get_status_code())

    def connection_lost(self, _error: Exception | None) -> None:
        self._door.lost(self)

    def close(self) -> None:
        if self._transport:
            self._transport.abort()


class _Door:
    """One server: its connections, and who waits for one."""

    def __init__(self, port: int, told: Answers) -> None:
        self.port = port
        self._told = told
        self._idle: list[_Line] = []
        self._lines: set[_Line] = set()
        self._waiting: deque[_Errand] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    def ask(self, errand: _Errand) -> None:
        if self._idle:
            self._idle.pop().carry(errand)
            return
        self._waiting.append(errand)
        if len(self._lines) + len(self._opening) < MOST_LINES:
            task = asyncio.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        try:
            _transport, line = await asyncio.get_running_loop().create_connection(lambda: _Line(self), HOST, self.port)
        except OSError as error:
            if self._waiting:
                self._waiting.popleft()
                self._told.fail(type(error).__name__)
            return
        self._lines.add(line)
        self._next(line)

    def _next(self, line: _Line) -> None:
        if self._waiting:
            line.carry(self._waiting.popleft())
        else:
            self._idle.append(line)

    def answered(self, line: _Line, errand: _Errand, status: int) -> None:
        self._told.note(time.monotonic() - errand.due, status)
        self._next(line)

    def lost(self, line: _Line) -> None:
        self._lines.discard(line)
        with suppress(ValueError):
            self._idle.remove(line)
        errand, line.errand = line.errand, None
        if errand is None:
            return
        # The server closes what was silent for some seconds, perhaps just now: proxies and browsers ask once more.
        if not line.has_spoken and not errand.tries:
            errand.tries += 1
            self.ask(errand)
        else:
            self._told.fail("cut")

    def close(self) -> None:
        for line in list(self._lines):
            line.errand = None
            line.close()


def _requests(asks: Iterable[Ask], port_of: Callable[[], int]) -> Iterator[tuple[int, bytes]]:
    for number, ask in enumerate(asks):
        port = port_of()
        cookie = f"Cookie: {ask.cookie}\r\n" if ask.cookie else ""
        place = number % ADDRESSES
        told = f"X-Forwarded-Proto: https\r\nX-Forwarded-For: 10.0.{place // 250}.{place % 250 + 1}\r\n"
        head = f"GET {ask.path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nUser-Agent: visitor\r\n{told}{cookie}\r\n"
        yield port, head.encode()


async def play(ports: Sequence[int], asks: Iterable[Ask], *, rate: float, seconds: float) -> Answers:
    """`rate` requests a second for `seconds`; ends before when the servers are hopelessly behind."""
    told, chance = Answers(), random.Random(1)  # noqa: S311
    doors = {port: _Door(port, told) for port in ports}
    requests = _requests(asks, lambda: chance.choice(ports))
    started = time.monotonic()
    while told.asked < rate * seconds and not told.gave_up:
        due = started + told.asked / rate
        if (early := due - time.monotonic()) > 0:
            await asyncio.sleep(early)
        port, request = next(requests)
        told.asked += 1
        doors[port].ask(_Errand(due, request))
        told.gave_up = told.missing > rate * MOST_SECONDS_BEHIND
    await _drain(told)
    told.seconds = time.monotonic() - started
    for door in doors.values():
        door.close()
    return told


async def _drain(told: Answers) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while told.missing > 0 and time.monotonic() < deadline:  # noqa: ASYNC110  (an event would cost each answer)
        await asyncio.sleep(0.01)
    for _left in range(told.missing):
        told.fail("no answer")
