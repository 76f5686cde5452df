"""What pages cost with few and with many mentors, against a bare page of the same server.

Processor time is that of the web process and of the database together; each page is compared with the floor measured
in turn with it, several times. The number of queries is counted apart, in this process.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from importlib import import_module
from itertools import cycle, islice
from statistics import median, quantiles

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks import processor
from benchmarks.pages_world import TOKEN, Ask, Visitors, fill
from benchmarks.results import Result
from benchmarks.web import Web, serving
from core.embedded.parts import HOST
from core.embedded.services import Services

SETTINGS = "benchmarks.pages_settings"
FLOOR = [Ask("/floor/")]
# The floor is short, and processor time is told in hundredths of a second.
FLOORS_PER_READ = 2
TURN = 10
TICK_MS = 0.1


@dataclass(frozen=True)
class Size:
    """`rounds` of `reads` requests of each page; `days` on which bookings are asked for; `people` of each kind."""

    mentors: tuple[int, ...]
    rounds: int
    reads: int
    days: int
    people: int


FULL = Size(mentors=(1_000, 100_000), rounds=11, reads=60, days=5, people=30)
QUICK = Size(mentors=(20, 30), rounds=1, reads=3, days=1, people=3)


@dataclass
class Measured:
    """Milliseconds of each round, for a page and for the floor beside it."""

    queries: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    floor_ms: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def row(self, page: str, mentors: int) -> dict[str, object]:
        ratios = [own / max(floor, TICK_MS) for own, floor in zip(self.cpu_ms, self.floor_ms, strict=True)]
        return {
            "page": page,
            "mentors": mentors,
            "queries": self.queries,
            "cpu_ms": round(median(self.cpu_ms), 1),
            "floor_cpu_ms": round(median(self.floor_ms), 1),
            "ratio": round(median(ratios), 1),
            "p95_ms": round(quantiles(self.waits, n=20)[-1] if len(self.waits) > 1 else self.waits[0], 1),
        }


class Meter:
    """Sends requests one after the other and takes what they cost."""

    def __init__(self, web: Web, services: Services) -> None:
        self._web = web
        self._services = services

    def play(self, asks: Iterable[Ask]) -> tuple[float, list[float]]:
        """Processor milliseconds of all of them, and how long each was waited for."""
        waits: list[float] = []
        before = self._cpu()
        with closing(HTTPConnection(HOST, self._web.port)) as line:
            for ask in asks:
                started = time.monotonic()
                _send(line, ask)
                waits.append(1000 * (time.monotonic() - started))
        return 1000 * (self._cpu() - before), waits

    def _cpu(self) -> float:
        return self._web.cpu_seconds() + processor.of_database(self._services)


def _send(line: HTTPConnection, ask: Ask) -> None:
    cookies = "; ".join(filter(None, [ask.cookie, f"{settings.CSRF_COOKIE_NAME}={TOKEN}"]))
    headers = {"Cookie": cookies, "Accept-Encoding": "identity"}
    if ask.fields is None:
        line.request("GET", ask.path, headers=headers)
    else:
        line.request("POST", ask.path, ask.body, headers | {"Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    answer.read()
    _check(ask, answer.status)


def _check(ask: Ask, status: int) -> None:
    # A search that is the name of a skill leads to its page.
    wanted = {HTTPStatus.OK, HTTPStatus.FOUND} if ask.fields is None else {HTTPStatus.FOUND}
    if status not in wanted:
        raise RuntimeError(f"{ask.path}: {status}")


def count_queries(ask: Ask) -> int:
    """In this process, once what is kept in memory is there."""
    client = Client(HTTP_HOST=HOST)
    for part in filter(None, [ask.cookie]):
        name, _, value = part.partition("=")
        client.cookies[name] = value
    with override_settings(LIMITS=import_module(SETTINGS).LIMITS):
        if ask.fields is None:
            client.get(ask.path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(ask.path) if ask.fields is None else client.post(ask.path, ask.fields)
    _check(ask, answer.status_code)
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)


def measure_reads(meter: Meter, size: Size, pages: dict[str, list[Ask]]) -> dict[str, Measured]:
    measured = {page: Measured(queries=max(map(count_queries, asks))) for page, asks in pages.items()}
    for asks in (FLOOR, *pages.values()):
        meter.play(islice(cycle(asks), size.reads))
    for _ in range(size.rounds):
        for page, asks in pages.items():
            _round(meter, measured[page], list(islice(cycle(asks), size.reads)))
    return measured


def _round(meter: Meter, measured: Measured, asks: Sequence[Ask]) -> None:
    """A few requests of the page and of the floor in turn: a machine that slows down for a second slows both."""
    floor_ms = cpu_ms = 0.0
    for start in range(0, len(asks), TURN):
        turn = asks[start : start + TURN]
        floor_ms += meter.play(islice(cycle(FLOOR), FLOORS_PER_READ * len(turn)))[0]
        spent, waits = meter.play(turn)
        cpu_ms += spent
        measured.waits += waits
    measured.floor_ms.append(floor_ms / (FLOORS_PER_READ * len(asks)))
    measured.cpu_ms.append(cpu_ms / len(asks))


def measure_posts(meter: Meter, size: Size, visitors: Visitors, first_day: int) -> dict[str, Measured]:
    """A request, the mentor's counter-offer, the learner's acceptance: each round on another day."""
    measured = {page: Measured() for page in ("request", "counter_offer", "accept")}
    for number in range(size.days + 1):
        day = first_day + number
        steps: dict[str, Callable[[], list[Ask]]] = {
            "request": lambda day=day: visitors.requests(day),  # type: ignore[misc]
            "counter_offer": lambda day=day: visitors.counter_offers(day),  # type: ignore[misc]
            "accept": visitors.acceptances,
        }
        for page, asks_of in steps.items():
            asks = asks_of()
            if number == 0:
                # The first in a process reads what is kept in memory from then on.
                warming, counted, *others = asks
                count_queries(warming)
                measured[page].queries = count_queries(counted)
                meter.play(others)
            else:
                _round(meter, measured[page], asks)
        if visitors.acceptances():
            raise RuntimeError("Not every proposal was accepted.")
    return measured


def run(services: Services, *, quick: bool, client_count: int) -> Result:
    del client_count
    size = QUICK if quick else FULL
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    rows: list[dict[str, object]] = []
    for part, mentors in enumerate(size.mentors):
        fill(mentors)
        visitors = Visitors(size.people)
        with serving("config.asgi:application") as web:
            meter = Meter(web, services)
            measured = measure_reads(meter, size, visitors.reads()) | measure_posts(
                meter, size, visitors, 3 + part * (size.days + 1)
            )
        rows += [found.row(page, mentors) for page, found in measured.items()]
    return Result("pages", {"rows": rows}, [_line(row) for row in rows])


def _line(row: dict[str, object]) -> str:
    named = f"{row['page']:<14} {row['mentors']:>7} mentors: {row['queries']:>3} queries"
    cost = f"{row['cpu_ms']:>6} ms of processor, {row['ratio']:>4} times the floor ({row['floor_cpu_ms']} ms)"
    return f"{named}, {cost}; 95 of 100 within {row['p95_ms']} ms"
