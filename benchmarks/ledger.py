"""Settlements per second through the real service, against TPC-B on the same server.

A settlement writes the rows of the settlement, of the payout and its parts, the frozen content of the invoice and its
number, the job that draws it, and moves five accounts. `postings` are that movement of the ledger alone, which is what
TPC-B has too: three balances, one line.

One client by default: a booking is settled by one worker when its session closes, and what counts is what one
settlement costs, disk included. With more clients PostgreSQL writes several commits at once, and both sides measure
only how many processor cores there are for Python and for C.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import clients, processor, rounds, settling, world
from benchmarks.results import Result
from benchmarks.rounds import Sample
from benchmarks.tpcb import TpcB
from billing.services.settlements import settle
from core.embedded.services import Services

Work = Callable[[Sequence[int]], settling.Share]


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


class Bookings:
    """Fresh paid bookings for each round of each subject, prepared before anything is measured."""

    def __init__(self, services: Services, pool: clients.Clients, size: Size) -> None:
        self._services = services
        self._pool = pool
        self._size = size
        self._next = 0
        world.make_learners(size.members)
        world.make_mentors(size.members)
        self.total = 2 * (size.warm_up + size.rounds * size.settlements)
        pool.share_out(settling.prepare, range(self.total))
        # As `pgbench -i` does: plans made for empty tables are nobody's.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def warm_up(self, work: Work) -> None:
        self._play(work, self._size.warm_up)

    def play(self, work: Work) -> Sample:
        return self._play(work, self._size.settlements)

    def _play(self, work: Work, count: int) -> Sample:
        numbers = range(self._next, self._next + count)
        self._next += count
        before = processor.of_database(self._services)
        shares = self._pool.share_out(work, numbers)
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
        bookings = Bookings(services, pool, size)
        tpcb.warm_up()
        for work in (settling.settle_all, settling.post_all):
            bookings.warm_up(work)
        settlements, postings = rounds.compare(
            floor=tpcb.play,
            subjects=[lambda: bookings.play(settling.settle_all), lambda: bookings.play(settling.post_all)],
            rounds=size.rounds,
        )
    statements = count_statements(bookings.total)
    notes = [
        f"{client_count} client(s) on all sides, {size.rounds} rounds; {statements} statements a settlement (TPC-B: 7)",
        rounds.describe("TPC-B", settlements.floors),
        rounds.describe("settlements", settlements.subjects),
        rounds.describe("postings", postings.subjects),
    ]
    figures = {
        "settlements_per_s": round(settlements.per_second, 1),
        "tpcb_per_s": round(settlements.floor_per_second, 1),
        "ratio": round(settlements.ratio, 2),
        "postings_per_s": round(postings.per_second, 1),
        "postings_ratio": round(postings.ratio, 2),
    }
    return Result("ledger", figures, notes)
