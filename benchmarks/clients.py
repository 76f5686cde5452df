"""Client processes: as many at once on both sides of a comparison."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from benchmarks.surroundings import start_django

T = TypeVar("T")

# More than the slowest needs to be ready.
PATIENCE_SECONDS = 300
_together: list[Barrier] = []


class Clients:
    def __init__(self, pool: ProcessPoolExecutor, count: int) -> None:
        self._pool = pool
        self._count = count

    def share_out(self, work: Callable[[Sequence[int]], T], numbers: Sequence[int]) -> list[T]:
        """Give each process its part of `numbers`; they begin together (`wait_for_the_others`)."""
        return list(self._pool.map(work, [numbers[client :: self._count] for client in range(self._count)]))


@contextmanager
def running(count: int) -> Iterator[Clients]:
    fresh = get_context("spawn")
    barrier = fresh.Barrier(count)
    with ProcessPoolExecutor(count, mp_context=fresh, initializer=_start, initargs=(barrier,)) as pool:
        yield Clients(pool, count)


def _start(barrier: Barrier) -> None:
    start_django()
    _together.append(barrier)


def wait_for_the_others() -> None:
    """Called once by the work of each client: also keeps one process from taking two parts."""
    _together[-1].wait(PATIENCE_SECONDS)
