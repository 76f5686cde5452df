"""One booking from its first message to its payout, through pages and the room's socket, as two browsers go through it.

The journeys are those of `./run chaos`, without its kills: two messages, the request, a counter-offer, the acceptance,
a payment on Stripe's page (its stand-in, whose own time is not counted), the room joined by both, paid minutes, words
and signals, the end by both, the settlement, the review, the documents, and two days later the payout. The twelve
minutes of the meeting are the clock's, moved on by five seconds at each sign of life of both pages, so that nobody
waits for them. Signing in is not part of it, nor files a browser has kept, nor the sweeps of minutes at which nothing
is due.

The floor is the bare page of `pages`, asked for as many times as the web process answered a page, a form or an event of
Stripe for one booking: what the same number of requests costs in the same process when there is next to nothing to do.
"""

import asyncio
import json
import os
import random
import subprocess
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice, repeat
from pathlib import Path
from statistics import median
from typing import cast
from zoneinfo import ZoneInfo

from benchmarks import processor
from benchmarks.pages import FLOOR, Meter
from benchmarks.results import Result
from benchmarks.statements import counting
from benchmarks.web import Program, Server, Web
from billing.models import Invoice, Payout, StripeEvent
from billing.states import PayoutStatus
from bookings.models import Booking
from bookings.states import Status
from core import clock
from core.embedded.parts import PYTHON, Plan
from core.embedded.places import PROJECT
from core.embedded.services import Services
from journeys.browser import Browser
from journeys.journey import Journey, needed
from journeys.meeting import Meeting
from journeys.ports import free_pair
from journeys.room_pages import BEAT_SECONDS

SETTINGS = "benchmarks.pages_settings"
PARIS = ZoneInfo("Europe/Paris")
# Later than that, hours agreed on two hours ahead would be tomorrow's.
LATEST_HOUR = 20
PAID_MINUTES = 12
# Each page finds the other by about as many addresses.
CANDIDATES = 8
# A room takes some messages a second from one page; time is moved no faster.
SECONDS_BETWEEN_BEATS = 0.03
# Nobody works any more when the processor was hardly used for so long.
QUIET_SECONDS, QUIET_SHARE, LONGEST_QUIET = 0.4, 0.1, 60
MOST_SWEEPS = 5


@dataclass(frozen=True)
class Size:
    """`bookings` that are measured, after one to warm up and one whose statements are counted."""

    bookings: int
    floors: int
    minutes: float


FULL = Size(bookings=3, floors=300, minutes=PAID_MINUTES)
QUICK = Size(bookings=1, floors=20, minutes=1)


class ClockedMeeting(Meeting):
    """Its `seconds` pass on the product's clock."""

    def _parts(self, name: str, seconds: float) -> Iterator[Awaitable[object]]:
        yield self.mentor.insist(lambda: bool(self.mentor.state.get("paid")), type="meter.start")
        yield self._find_each_other()
        yield self._write(name, 0)
        yield self._spend(seconds)
        yield self._write(name, 1)
        yield self._end()

    async def _find_each_other(self) -> None:
        for page in self.pages * CANDIDATES:
            await page.signal()

    async def _spend(self, seconds: float) -> None:
        shifted = cast(clock.ShiftedClock, clock.get_clock())
        for _ in range(int(seconds / BEAT_SECONDS)):
            shifted.advance(timedelta(seconds=BEAT_SECONDS))
            await asyncio.gather(*(page.show_life() for page in self.pages))
            await asyncio.sleep(SECONDS_BETWEEN_BEATS)


@dataclass
class Spent:
    """Processor milliseconds of one booking, by step and by process."""

    requests: int = 0
    floor_ms: float = 0
    steps: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))

    def of(self, *, step: str = "", part: str = "") -> float:
        return sum(
            ms
            for name, parts in self.steps.items()
            for each, ms in parts.items()
            if step in ("", name) and part in ("", each)
        )

    @property
    def ratio(self) -> float:
        return self.of() / max(self.floor_ms, 1)


class Stage:
    """Web, worker and the stand-in for Stripe. Sweeps are sent by hand, and no room is left to the sweeper."""

    def __init__(self, services: Services, stack: ExitStack, pairs: int) -> None:
        self._services = services
        self.plan = Plan(services.root, free_pair())
        os.environ |= self.plan.environment({}) | {"DJANGO_SETTINGS_MODULE": SETTINGS}
        self.web = Web("config.asgi:application", self._log("web"), self.plan.port)
        self._start(Server(self.plan.sandbox().command, self.plan.sandbox_port, self._log("stripe")), stack)
        self.seats = self._prepare(pairs)
        self._start(self.web, stack)
        self.worker = Program(self.plan.background()[0].command, self._log("worker"))
        self._start(self.worker, stack)

    def _log(self, name: str) -> Path:
        return self.plan.logs / f"{name}.log"

    def _start(self, program: Program, stack: ExitStack) -> None:
        program.start()
        stack.callback(program.kill)

    def _prepare(self, pairs: int) -> list[dict[str, str]]:
        file = self.plan.root / "cast.json"
        subprocess.run(  # noqa: S603
            [*PYTHON, "-m", "journeys", str(pairs), str(file)], check=True, cwd=PROJECT, stdout=subprocess.DEVNULL
        )
        return cast(list[dict[str, str]], json.loads(file.read_text(encoding="utf8")))

    def used(self) -> dict[str, float]:
        return {
            "web": self.web.cpu_seconds(),
            "worker": self.worker.cpu_seconds(),
            "database": processor.of_database(self._services),
        }

    def wait_until_quiet(self) -> None:
        deadline = time.monotonic() + LONGEST_QUIET
        before = sum(self.used().values())
        while time.monotonic() < deadline:
            time.sleep(QUIET_SECONDS)
            now = sum(self.used().values())
            if now - before < QUIET_SHARE * QUIET_SECONDS:
                return
            before = now
        raise TimeoutError("something works without end")

    def move_clock(self, step: str) -> None:
        """The demo's own form: it also sends every sweep."""
        visitor = Browser(self.plan.url, "nobody=1")
        visitor.send(needed(visitor.get("/demo/"), having="step"), step=step)
        self.wait_until_quiet()


class Bookings:
    def __init__(self, stage: Stage, size: Size) -> None:
        self._stage = stage
        self._size = size
        self._seats = iter(stage.seats)

    def wait_for_daylight(self) -> None:
        while clock.now().astimezone(PARIS).hour >= LATEST_HOUR:
            self._stage.move_clock("hours=12")

    def play(self) -> Spent:
        """One booking, to the end of its payout."""
        journey, spent = self._journey(), Spent()
        for step in [*journey.day(clock.now().astimezone(PARIS)), lambda: self._pay_out(journey)]:
            self._measure(step, journey, spent)
        self._check(journey)
        spent.requests = journey.learner.requests + journey.mentor.requests
        return spent

    def _journey(self) -> Journey:
        seat, url = next(self._seats), self._stage.plan.url
        return Journey(
            f"réservation {random.randrange(10**6)}",  # noqa: S311  (a name)
            Browser(url, seat["learner"]),
            Browser(url, seat["mentor"]),
            seat["slug"],
            60 * self._size.minutes,
            kind_of_meeting=ClockedMeeting,
        )

    def _measure(self, step: Callable[[], None], journey: Journey, spent: Spent) -> None:
        """With what the worker does because of it."""
        before = self._stage.used()
        step()
        self._stage.wait_until_quiet()
        for part, now in self._stage.used().items():
            spent.steps[journey.reached][part] += 1000 * (now - before[part])

    def _pay_out(self, journey: Journey) -> None:
        self._stage.move_clock("hours=49")
        for _ in range(MOST_SWEEPS):
            if Payout.objects.exclude(status=PayoutStatus.PAID).exists():
                self._stage.move_clock("minutes=10")
        journey.see_payout()

    def _check(self, journey: Journey) -> None:
        """What was measured is what was done."""
        booking = Booking.objects.get(reference=journey.reference)
        documents = Invoice.objects.filter(subject=f"booking:{journey.reference}")
        if journey.error or booking.status != Status.SETTLED or not documents.exists():
            raise RuntimeError(f"{booking.reference} is {booking.status}: {journey.error}")
        if documents.filter(rendered_at=None).exists():
            raise RuntimeError(f"{booking.reference} has a document that was not drawn.")


def run(services: Services, *, quick: bool, client_count: int) -> Result:
    del client_count
    size = QUICK if quick else FULL
    with ExitStack() as stack:
        stage = Stage(services, stack, size.bookings + 2)
        bookings, meter = Bookings(stage, size), Meter(stage.web, services)
        bookings.wait_for_daylight()
        bookings.play()
        bookings.wait_for_daylight()
        events = StripeEvent.objects.count()
        with counting(services) as counted:
            bookings.play()
        events = StripeEvent.objects.count() - events
        rounds = []
        for _ in range(size.bookings):
            bookings.wait_for_daylight()
            spent = bookings.play()
            floor, _waits = meter.play(islice(repeat(FLOOR[0]), size.floors))
            spent.requests += events
            spent.floor_ms = floor / size.floors * spent.requests
            rounds.append(spent)
    return _result(rounds, events, counted[0])


def _result(rounds: list[Spent], events: int, queries: int) -> Result:
    def middle(**what: str) -> float:
        return round(median(spent.of(**what) for spent in rounds), 0)

    steps = list(rounds[0].steps)
    figures = {
        "requests": round(median(spent.requests for spent in rounds)),
        "events": events,
        "queries": queries,
        "cpu_ms": middle(),
        **{f"{part}_ms": middle(part=part) for part in ("web", "worker", "database")},
        "floor_cpu_ms": round(median(spent.floor_ms for spent in rounds), 0),
        "ratio": round(median(spent.ratio for spent in rounds), 2),
        "steps": {step: middle(step=step) for step in steps},
    }
    notes = [_line(step, rounds) for step in ["", *steps]]
    return Result("booking", figures, notes)


def _line(step: str, rounds: list[Spent]) -> str:
    parts = {part: median(spent.of(step=step, part=part) for spent in rounds) for part in ("web", "worker", "database")}
    whole = median(spent.of(step=step) for spent in rounds)
    said = ", ".join(f"{part} {ms:.0f}" for part, ms in parts.items())
    return f"{step or 'one booking':<14} {whole:6.0f} ms of processor: {said}"
