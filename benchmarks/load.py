"""Visitors who look around at a constant rate, against two web processes started as in production, on this machine.

Two processes, as docker-compose.yml starts them, with real servers' settings and their collected files. Visitors come
as a proxy would bring them, and share the cores with the servers, the database and whatever else runs: each line says
who used them. A rate is held when every answer was one (2xx, 3xx) and 95 of 100 came within half a second of the moment
they were due. When the rate that is asked for is not held, the greatest that is held is looked for.

The floor is the bare page of `pages`, asked for by the same client from the same processes at the rate that was held.
The ratio compares the processor time of web, database and Valkey for one request.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from statistics import quantiles

import uvloop
from django.conf import settings

from benchmarks import load_client, load_mix, processor
from benchmarks.load_client import Answers
from benchmarks.pages_world import Ask, Visitors, fill
from benchmarks.results import Result
from benchmarks.web import Web, serving
from core.embedded.parts import HOST, MANAGE
from core.embedded.places import PROJECT
from core.embedded.services import Services

FLOOR = [Ask("/floor/")]
SETTINGS = "benchmarks.load_settings"
PROCESSES = 2
P95_SECONDS = 0.5
# A search: the first step from where it begins, and how near both ends come before it stops.
STEP, NEAR = 0.1, 0.04
# Of what the processor could do, where the search begins; and of what it did, where it goes on below.
FIRST_SHARE = 0.85
LOWEST_RATE = 5
# Visits that stand for all when what they cost is taken apart.
MIXED = 200


@dataclass(frozen=True)
class Size:
    mentors: int
    people: int
    rate: int
    seconds: float
    warm_up: float
    search_seconds: float
    searches: int


FULL = Size(mentors=1_000, people=30, rate=200, seconds=60, warm_up=10, search_seconds=20, searches=5)
QUICK = Size(mentors=20, people=3, rate=10, seconds=1, warm_up=1, search_seconds=1, searches=1)
WARM_UP_RATE = 30


@dataclass(frozen=True)
class Trial:
    """One rate, and the cores that each part used meanwhile."""

    rate: float
    answers: Answers
    cores: dict[str, float]

    @property
    def per_second(self) -> float:
        return len(self.answers.waits) / self.answers.seconds

    @property
    def errors(self) -> int:
        return self.answers.errors.total()

    @property
    def is_held(self) -> bool:
        return not self.answers.gave_up and not self.errors and self.milliseconds(95) < 1000 * P95_SECONDS

    def milliseconds(self, percent: int) -> float:
        waits = self.answers.waits
        return 1000 * (quantiles(waits, n=100)[percent - 1] if len(waits) > 1 else sum(waits))

    def cpu_ms(self, *parts: str) -> float:
        """Of one request."""
        return 1000 * sum(self.cores[part] for part in parts) / max(self.per_second, 1)

    @property
    def served_ms(self) -> float:
        return self.cpu_ms("web", "database", "valkey")


class Load:
    def __init__(self, webs: Sequence[Web], services: Services) -> None:
        self._webs = webs
        self._services = services

    def play(self, asks: Sequence[Ask], rate: float, seconds: float) -> Trial:
        before = self._used()
        ports = [web.port for web in self._webs]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            answers = runner.run(load_client.play(ports, cycle(asks), rate=rate, seconds=seconds))
        used = {part: now - before[part] for part, now in self._used().items()}
        used["others"] = max(0.0, used.pop("machine") - sum(used.values()))
        return Trial(rate, answers, {part: seconds / answers.seconds for part, seconds in used.items()})

    def _used(self) -> dict[str, float]:
        return {
            "machine": processor.of_machine(),
            "web": sum(web.cpu_seconds() for web in self._webs),
            "database": processor.of_database(self._services),
            "valkey": processor.of_process(self._services.pid("valkey")),
            "client": processor.of_process(os.getpid()),
        }


def search(play: Callable[[float], Trial], first: float, *, most: int) -> list[Trial]:
    """Trials that close in on the greatest rate that is held."""
    trials: list[Trial] = []
    held, missed, rate = 0.0, float("inf"), max(first, LOWEST_RATE)
    while len(trials) < most and missed - held > NEAR * rate:
        trials.append(play(round(rate)))
        if trials[-1].is_held:
            held = rate
            rate = rate * (1 + STEP) if missed == float("inf") else (held + missed) / 2
        else:
            missed = rate
            rate = (held + missed) / 2 if held else min(rate * (1 - STEP), FIRST_SHARE * trials[-1].per_second)
    return trials


def run(services: Services, *, quick: bool, client_count: int) -> Result:
    del client_count
    size = QUICK if quick else FULL
    fill(size.mentors)
    visitors = Visitors(size.people)
    visits = load_mix.visits(visitors)
    _prepare()
    with ExitStack() as stack:
        log = services.root / "logs" / "web.log"
        load = Load([stack.enter_context(serving("config.asgi:application", log)) for _ in range(PROCESSES)], services)
        asked, found, floor = _measure(load, size, visits)
    notes = [_line(f"{trial.rate:.0f} a second", trial) for trial in [asked, *found]]
    notes.append(_line("floor", floor))
    if not asked.is_held or quick:
        notes += _explain({"everything": visits[:MIXED]} | load_mix.asks_of(visitors))
    return Result("load", _figures(asked, _best([asked, *found]), floor), notes)


def _prepare() -> None:
    """As the image is built and as `.env` says: a stand-in for each value that must be there."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        # That of whoever signed the visitors in.
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": HOST,
        "BASE_URL": f"https://{HOST}",
        "METRICS_TOKEN": "benchmark",
        "LOG_LEVEL": "INFO",
    } | dict.fromkeys(("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET_V2"), "benchmark")
    command = [*MANAGE, "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=PROJECT, env=os.environ, stdout=sys.stderr)  # noqa: S603


def _explain(pages: dict[str, list[Ask]]) -> list[str]:
    """In a process of its own: its settings are the load's."""
    told = json.dumps({page: [(ask.path, ask.cookie) for ask in asks] for page, asks in pages.items()})
    command, environment = [sys.executable, "-m", "benchmarks.load_profile"], os.environ | {"LOG_LEVEL": "ERROR"}
    said = subprocess.run(  # noqa: S603
        command, input=told, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT, env=environment
    )
    return said.stdout.splitlines()


def _measure(load: Load, size: Size, visits: Sequence[Ask]) -> tuple[Trial, list[Trial], Trial]:
    """The rate that is asked for, what was tried when it is not held, and the floor."""
    warm = load.play(visits, min(size.rate, WARM_UP_RATE), size.warm_up)
    asked = load.play(visits, size.rate, size.seconds)
    found: list[Trial] = []
    if not asked.is_held:
        free = (os.cpu_count() or 1) - warm.cores["others"]
        possible = 1000 * free / max(warm.cpu_ms("web", "database", "valkey", "client"), 1)
        first = min(FIRST_SHARE * possible, size.rate * (1 - STEP))
        found = search(lambda rate: load.play(visits, rate, size.search_seconds), first, most=size.searches)
    best = _best([asked, *found])
    floor = load.play(FLOOR, best.rate if best else LOWEST_RATE, size.search_seconds)
    return asked, found, floor


def _best(trials: Sequence[Trial]) -> Trial | None:
    return max((trial for trial in trials if trial.is_held), key=lambda trial: trial.rate, default=None)


def _figures(asked: Trial, best: Trial | None, floor: Trial) -> dict[str, object]:
    shown = best or asked
    return {
        "asked_per_s": asked.rate,
        "answered_per_s": round(asked.per_second, 1),
        "errors": asked.errors,
        "held_per_s": best.rate if best else 0,
        "p50_ms": round(shown.milliseconds(50), 1),
        "p95_ms": round(shown.milliseconds(95), 1),
        "p99_ms": round(shown.milliseconds(99), 1),
        "cpu_ms": round(shown.served_ms, 2),
        "floor_cpu_ms": round(floor.served_ms, 2),
        "ratio": round(shown.served_ms / max(floor.served_ms, 0.01), 2),
        "cores_used": {part: round(share, 2) for part, share in shown.cores.items()},
    }


def _line(name: str, trial: Trial) -> str:
    cores = ", ".join(f"{part} {share:.2f}" for part, share in trial.cores.items())
    errors = ", ".join(f"{count} × {what}" for what, count in trial.answers.errors.items()) or "no error"
    outcome = "gave up" if trial.answers.gave_up else "held" if trial.is_held else "not held"
    answered = f"{trial.per_second:6.1f} answered a second for {trial.answers.seconds:4.1f} s"
    return (
        f"{name:<14} {outcome:<8} {answered}, {errors}; "
        f"half within {trial.milliseconds(50):.0f} ms, 95 of 100 within {trial.milliseconds(95):.0f}, "
        f"99 within {trial.milliseconds(99):.0f}; {trial.served_ms:.1f} ms of processor a request; cores: {cores}"
    )
