"""Rooms held by one web process, against as many sockets of a bare echo consumer under the same traffic.

Every page beats each five seconds; candidates are sent from one page to the other of its room, and the time until they
arrive is taken. Then the process is killed, started again, and what the meters counted is compared with the time both
pages of a room were acknowledged.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from benchmarks.results import Result
from benchmarks.room_world import OpenRoom, Seat, counted_ms, open_rooms
from benchmarks.web import Web, serving, sweeping
from core.embedded.services import Services
from journeys.room_pages import Door, Page, Seconds

PRODUCT, FLOOR = "config.asgi:application", "benchmarks.echo:application"


@dataclass(frozen=True)
class Size:
    """`signals`: candidates a second, over all rooms."""

    rooms: int
    seconds: float
    signals: int
    after_kill: float


FULL = Size(rooms=1000, seconds=20, signals=50, after_kill=15)
QUICK = Size(rooms=3, seconds=1, signals=20, after_kill=2)
ALL_IN_SECONDS = 600
# Sockets opened at the same time while the rooms fill, and closed while they empty.
DOORS = 40


@dataclass
class Held:
    """What one process did with all its sockets."""

    p95_ms: float
    median_ms: float
    kib_per_socket: float
    cpu_share: float


async def fill(pages: Sequence[Page]) -> list[asyncio.Task[None]]:
    doors = asyncio.Semaphore(DOORS)
    tasks = [asyncio.create_task(page.live(doors)) for page in pages]
    await all_in(pages)
    return tasks


async def all_in(pages: Sequence[Page]) -> None:
    async with asyncio.timeout(ALL_IN_SECONDS):
        for page in pages:
            await page.is_ready.wait()


async def signal(pages: Sequence[Page], size: Size) -> list[float]:
    """The delays of this round, in ms."""
    for page in pages:
        page.delays.clear()
    for _ in range(int(size.seconds * size.signals)):
        await random.choice(pages).signal()  # noqa: S311
        await asyncio.sleep(1 / size.signals)
    await asyncio.sleep(1)
    return [delay * 1000 for page in pages for delay in page.delays]


async def hold(web: Web, pages: Sequence[Page], size: Size) -> tuple[Held, list[asyncio.Task[None]]]:
    empty = web.kib()
    tasks = await fill(pages)
    await asyncio.sleep(min(size.seconds, 6))
    cpu, started = web.cpu_seconds(), asyncio.get_running_loop().time()
    delays = await signal(pages, size)
    share = (web.cpu_seconds() - cpu) / (asyncio.get_running_loop().time() - started)
    cuts = quantiles(delays, n=100)
    return Held(cuts[94], cuts[49], (web.kib() - empty) / len(pages), share), tasks


async def end(pages: Sequence[Page], tasks: Sequence[asyncio.Task[None]]) -> None:
    doors = asyncio.Semaphore(DOORS)
    await asyncio.gather(*(page.leave(doors) for page in pages))
    await asyncio.gather(*tasks, return_exceptions=True)


async def play_floor(web: Web, size: Size) -> Held:
    pages = [Page(Door(f"{web.url}/", joins=False)) for _ in range(2 * size.rooms)]
    held, tasks = await hold(web, pages, size)
    await end(pages, tasks)
    return held


async def play_rooms(web: Web, size: Size, rooms: Sequence[OpenRoom]) -> tuple[Held, list[tuple[Page, Page]], float]:
    pairs = [(_page(web, room.mentor), _page(web, room.learner)) for room in rooms]
    pages = list(itertools.chain.from_iterable(pairs))
    held, tasks = await hold(web, pages, size)
    for page in pages:
        page.is_ready.clear()
    web.kill()
    await asyncio.to_thread(web.start)
    started = time.monotonic()
    await all_in(pages)
    back = time.monotonic() - started
    await asyncio.sleep(size.after_kill)
    await end(pages, tasks)
    return held, pairs, back


def _page(web: Web, seat: Seat) -> Page:
    return Page(Door(f"{web.url}/ws/salle/{seat.reference}/", cookie=seat.cookie))


def compare(rooms: Sequence[OpenRoom], pairs: Sequence[tuple[Page, Page]]) -> list[Seconds]:
    counted = counted_ms(list(rooms))
    return [
        _count(mentor, learner, counted.get(room.id, 0) / 1000)
        for room, (mentor, learner) in zip(rooms, pairs, strict=True)
    ]


def _count(mentor: Page, learner: Page, counted: float) -> Seconds:
    both = [
        (max(a, c), min(b, d))
        for (a, b), (c, d) in itertools.product(mentor.spans, learner.spans)
        if max(a, c) < min(b, d)
    ]
    if not both:
        return Seconds(0, 0, counted)
    asked = max(mentor.asked_at or 0, learner.asked_at or 0)
    return Seconds(sum(end - start for start, end in both), min(mentor.left_at, learner.left_at) - asked, counted)


def run(_services: Services, *, quick: bool, client_count: int) -> Result:
    del client_count
    size = QUICK if quick else FULL
    rooms = open_rooms(size.rooms)
    with serving(FLOOR) as web:
        floor = asyncio.run(play_floor(web, size))
    with serving(PRODUCT) as web, sweeping():
        held, pairs, back = asyncio.run(play_rooms(web, size, rooms))
    counts = compare(rooms, pairs)
    notes = [describe("echo", floor, size), describe("rooms", held, size)]
    lost = sorted(count.lost for count in counts)
    notes.append(f"after kill -9: all pages back after {back:.1f} s; lost: median {lost[len(lost) // 2]:.2f} s a room")
    figures = {
        "rooms": size.rooms,
        "p95_ms": round(held.p95_ms, 1),
        "floor_p95_ms": round(floor.p95_ms, 1),
        "ratio": round(held.p95_ms / floor.p95_ms, 2),
        "kib_per_socket": round(held.kib_per_socket, 1),
        "lost_s": round(max(count.lost for count in counts), 2),
        "double_s": round(max(count.double for count in counts), 2),
    }
    return Result("room", figures, notes)


def describe(name: str, held: Held, size: Size) -> str:
    return (
        f"{name:<6} {2 * size.rooms} sockets: p95 {held.p95_ms:.1f} ms, median {held.median_ms:.1f} ms, "
        f"{held.kib_per_socket:.0f} KiB a socket, {held.cpu_share:.0%} of a core"
    )
