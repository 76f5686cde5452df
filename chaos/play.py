"""A run from its first message to its report."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import mean
from zoneinfo import ZoneInfo

from django.db import OperationalError, connections

from chaos import checks
from chaos.checks import Run
from chaos.killing import Killer
from chaos.mailbox import Mailbox
from chaos.stage import Stage
from core import clock
from journeys.browser import Browser
from journeys.journey import Journey, needed

PARIS = ZoneInfo("Europe/Paris")
# After that a quarter of an hour begun two hours later would not end before midnight.
LATEST_HOUR = 20
# Of the kills, those that are kept for the day of the payouts.
SHARE_OF_PAYOUTS = 4
QUIET_SECONDS = 180
# Jobs are done within a minute; a claim left by a dead worker is taken again after ten.
STEP_SECONDS = 4
MEETING_SECONDS = 18.0
# Between two who begin, on average.
SECONDS_BETWEEN = 0.5


@dataclass(frozen=True)
class Outcome:
    run: Run
    wrong: dict[str, list[str]]
    seconds: float
    comebacks: int

    @property
    def is_clean(self) -> bool:
        return not any(self.wrong.values())


def play(stage: Stage, mailbox: Mailbox, *, kills: int, seed: int, say: Callable[[str], None]) -> Outcome:
    started, chance = time.monotonic(), random.Random(seed)  # noqa: S311
    _by_daylight(stage)
    journeys = _journeys(stage, chance)
    killer = Killer(stage, chance)
    run = Run(journeys, killer, mailbox, stage.plan.root / "stripe.jsonl")
    on_payouts = kills // SHARE_OF_PAYOUTS
    killer.start(kills - on_payouts, lambda: mean(journey.progress for journey in journeys))
    say(f"{len(journeys)} journeys begin.")
    _all(journeys, _begin)
    killer.stop()
    say(f"{sum(not journey.error for journey in journeys)} arrived at their invoice, {len(killer.kills)} kills so far.")
    for journey in journeys:
        if journey.error:
            say(f"  {journey.name} ({journey.reference}) {journey.error}")
    _quiet(stage, checks.waiting)
    second = Killer(stage, chance, killer.kills)
    _move_clock(stage, "hours=49")
    second.start(on_payouts).join()
    _quiet(stage, checks.payouts_waiting)
    _all([journey for journey in journeys if not journey.error], Journey.see_payout)
    # Lines of Stripe are judged once they are an hour old.
    for _hour in range(2):
        _move_clock(stage, "hours=1")
    _quiet(stage, checks.payouts_waiting)
    return Outcome(run, checks.wrong(run), time.monotonic() - started, stage.comebacks())


def _journeys(stage: Stage, chance: random.Random) -> list[Journey]:
    base = stage.plan.url
    return [
        Journey(
            f"voyage {number}",
            Browser(base, seat["learner"]),
            Browser(base, seat["mentor"]),
            seat["slug"],
            MEETING_SECONDS * chance.uniform(0.75, 1.25),
            starts_after=chance.uniform(0, SECONDS_BETWEEN * stage.plan.journeys),
        )
        for number, seat in enumerate(stage.seats())
    ]


def _begin(journey: Journey) -> None:
    time.sleep(journey.starts_after)
    journey.play(clock.now().astimezone(PARIS))


def _all(journeys: list[Journey], act: Callable[[Journey], None]) -> None:
    if journeys:
        with ThreadPoolExecutor(len(journeys)) as people:
            list(people.map(act, journeys))


def _by_daylight(stage: Stage) -> None:
    """Both hours that are agreed on lie in the same day."""
    while clock.now().astimezone(PARIS).hour > LATEST_HOUR:
        _move_clock(stage, "hours=1")


def _move_clock(stage: Stage, step: str) -> None:
    """Also sends every sweep: nobody waits for the next minute."""
    visitor = Browser(stage.plan.url, "nobody=1")
    visitor.send(needed(visitor.get("/demo/"), having="step"), step=step)


def _quiet(stage: Stage, waiting: Callable[[], str]) -> None:
    """Until nothing is under way any more; what does not end is found by the checks."""
    deadline = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < deadline:
        try:
            if not waiting():
                return
        except OperationalError:
            connections.close_all()
        _move_clock(stage, "minutes=10")
        time.sleep(STEP_SECONDS)
