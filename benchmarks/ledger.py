"""Settlements per second through the real service, against TPC-B on the same server.

One client by default: a booking is settled by one worker when its session closes, and what counts is what one
settlement costs, disk included. With more clients PostgreSQL writes several commits at once, and both sides measure
only how many processor cores there are for Python and for C.
"""

from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import clients, processor, rounds, settling, world
from benchmarks.results import Result
from benchmarks.rounds import Sample
from benchmarks.tpcb import TpcB
from billing.services.settlements import settle
from core.embedded.services import Services


@dataclass(frozen=True)
class Size:
    settlements: int
    rounds: int
    warm_up: int
    members: int
    scale: int
    seconds: int


FULL = Size(settlements=400, rounds=7, warm_up=100, members=400, scale=20, seconds=3)
QUICK = Size(settlements=4, rounds=1, warm_up=2, members=4, scale=1, seconds=1)


class Settling:
    """The subject: fresh paid bookings for each round, prepared before anything is measured."""

    def __init__(self, services: Services, pool: clients.Clients, size: Size) -> None:
        self._services = services
        self._pool = pool
        self._size = size
        self._next = 0
        world.make_learners(size.members)
        world.make_mentors(size.members)
        total = size.warm_up + size.rounds * size.settlements
        pool.share_out(settling.prepare, range(total))

    def warm_up(self) -> None:
        self._settle(self._size.warm_up)

    def play(self) -> Sample:
        return self._settle(self._size.settlements)

    def _settle(self, count: int) -> Sample:
        numbers = range(self._next, self._next + count)
        self._next += count
        before = processor.of_database(self._services)
        shares = self._pool.share_out(settling.settle_all, numbers)
        server = processor.of_database(self._services) - before
        settling.check(numbers)
        wall = max(share.ended for share in shares) - min(share.started for share in shares)
        return Sample(count, wall, sum(share.cpu for share in shares), server)


def count_statements(number: int) -> int:
    """Of one settlement, BEGIN and COMMIT included."""
    (terms,) = settling.load([number])
    world.pay_and_hold([terms])
    with CaptureQueriesContext(connection) as captured:
        settle(terms=terms)
    return len(captured)


def run(services: Services, *, quick: bool, client_count: int) -> Result:
    size = QUICK if quick else FULL
    with clients.running(client_count) as pool:
        tpcb = TpcB(services, clients=client_count, scale=size.scale, seconds=size.seconds)
        subject = Settling(services, pool, size)
        tpcb.warm_up()
        subject.warm_up()
        compared = rounds.compare(floor=tpcb.play, subject=subject.play, rounds=size.rounds)
    statements = count_statements(size.warm_up + size.rounds * size.settlements)
    notes = [
        f"{client_count} client(s) on both sides, {size.rounds} rounds; {statements} statements each (TPC-B: 7)",
        rounds.describe("TPC-B", compared.floors),
        rounds.describe("settlements", compared.subjects),
    ]
    figures = {
        "settlements_per_s": round(compared.per_second, 1),
        "tpcb_per_s": round(compared.floor_per_second, 1),
        "ratio": round(compared.ratio, 2),
    }
    return Result("ledger", figures, notes)
