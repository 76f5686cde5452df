"""Kills with -9 at moments that a seed decides: each part in turn, in an order that changes."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chaos.stage import PARTS, SERVICES, Stage

# Parts need a moment to be back before the next is worth killing.
SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 6.0
LOOK_SECONDS = 0.1
DEAD_ALREADY_PAUSE = 0.2


@dataclass(frozen=True)
class Kill:
    name: str
    at: float


@dataclass
class Killer:
    """`at` is monotonic time."""

    stage: Stage
    chance: random.Random
    kills: list[Kill] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._victims = self._in_turn()
        self._enough = threading.Event()

    def _in_turn(self) -> Iterator[str]:
        while True:
            names = [*SERVICES, *PARTS]
            self.chance.shuffle(names)
            yield from names

    def start(self, count: int, progress: Callable[[], float] | None = None) -> threading.Thread:
        """`progress` (0 to 1): kills come as it passes random marks, however fast this machine is; else one by one."""
        marks = sorted(self.chance.random() for _number in range(count)) if progress else [0.0] * count
        thread = threading.Thread(target=self._go_round, args=(marks, progress or (lambda: 1.0)), daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._enough.set()

    def _go_round(self, marks: list[float], progress: Callable[[], float]) -> None:
        for mark in marks:
            while progress() < mark:
                if self._enough.wait(LOOK_SECONDS):
                    return
            self._kill(next(self._victims))
            if self._enough.wait(self.chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)):
                return

    def _kill(self, name: str) -> None:
        # One that is dead is waited for: each kill hits something that lives.
        while not self.stage.kill(name):
            if self._enough.wait(DEAD_ALREADY_PAUSE):
                return
        self.kills.append(Kill(name, time.monotonic()))

    def counted(self) -> dict[str, int]:
        return dict(sorted(Counter(kill.name for kill in self.kills).items()))

    def between(self, start: float, end: float) -> int:
        return sum(start <= kill.at <= end for kill in self.kills)
