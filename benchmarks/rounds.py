"""The floor and the subject in turn, several times, so that a neighbour's noise falls on both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Sample:
    """`done` units in `seconds` of wall time, with the processor time spent on our side and in the database."""

    done: int
    seconds: float
    client_cpu: float
    server_cpu: float = 0.0

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    @property
    def milliseconds(self) -> float:
        return self.seconds / self.done * 1000

    @property
    def client_cpu_ms(self) -> float:
        return self.client_cpu / self.done * 1000

    @property
    def server_cpu_ms(self) -> float:
        return self.server_cpu / self.done * 1000


@dataclass(frozen=True)
class Compared:
    floors: list[Sample]
    subjects: list[Sample]

    @property
    def floor_per_second(self) -> float:
        return median(sample.per_second for sample in self.floors)

    @property
    def per_second(self) -> float:
        return median(sample.per_second for sample in self.subjects)

    @property
    def ratio(self) -> float:
        """The middle of the rounds' own ratios: each compares two neighbours in time."""
        pairs = zip(self.subjects, self.floors, strict=True)
        return median(subject.per_second / floor.per_second for subject, floor in pairs)


def compare(*, floor: Callable[[], Sample], subjects: Sequence[Callable[[], Sample]], rounds: int) -> list[Compared]:
    """Each subject against the same floor, in their order. Who begins changes from round to round."""
    players = [floor, *subjects]
    played: list[list[Sample]] = [[] for _ in players]
    for number in range(rounds):
        turns = list(zip(players, played, strict=True))
        for play, samples in reversed(turns) if number % 2 else turns:
            samples.append(play())
    floors, *others = played
    return [Compared(floors, samples) for samples in others]


def describe(name: str, samples: list[Sample]) -> str:
    """One line for people: the middle of each figure."""
    rate = median(sample.per_second for sample in samples)
    wall = median(sample.milliseconds for sample in samples)
    ours = median(sample.client_cpu_ms for sample in samples)
    server = median(sample.server_cpu_ms for sample in samples)
    spread = f"{min(sample.per_second for sample in samples):.1f}–{max(sample.per_second for sample in samples):.1f}"
    return (
        f"{name:<12} {rate:8.1f} per s ({spread})   {wall:7.2f} ms each: "
        f"processor {ours:.2f} ms here, {server:.2f} ms in the database"
    )
