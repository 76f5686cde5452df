"""Several stories at once: each says when it goes on, and the world goes from one moment to the next."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heapify, heappop, heappush

from demo.world.time import run_due_jobs, travel_to

# Yields the moment of what it does next.
Life = Iterator[datetime]


def live(lives: Iterable[Life]) -> None:
    """Live all of them in the order of time, the first given first at the same moment. Jobs are done once a day."""
    waiting = [(moment, number, life) for number, life in enumerate(lives) for moment in _next(life)]
    heapify(waiting)
    worked_on = None
    while waiting:
        moment, number, life = heappop(waiting)
        travel_to(moment)
        if moment.date() != worked_on:
            run_due_jobs()
            worked_on = moment.date()
        for following in _next(life):
            heappush(waiting, (following, number, life))


def _next(life: Life) -> list[datetime]:
    """The next moment, or nothing at the end. What comes before it is done on the way."""
    return [moment for moment in [next(life, None)] if moment is not None]
