"""What a client process does: prepares its bookings, then settles them when all the others are ready too."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from benchmarks import clients, world
from billing.ledger import lock_account, post
from billing.ledger.accounts import available
from billing.models import LedgerEntry
from billing.services.settlements import SettlementTerms, settle
from core import clock

CHUNK = 100


@dataclass(frozen=True)
class Share:
    """Monotonic times are comparable between the processes of one machine."""

    started: float
    ended: float
    cpu: float


def prepare(numbers: Sequence[int]) -> None:
    clients.wait_for_the_others()
    terms = load(numbers)
    for start in range(0, len(terms), CHUNK):
        world.pay_and_hold(terms[start : start + CHUNK])


def settle_all(numbers: Sequence[int]) -> Share:
    return _play(lambda terms: settle(terms=terms), numbers)


def post_all(numbers: Sequence[int]) -> Share:
    """The movement of a settlement alone: the credit locked, its five accounts moved, committed."""
    return _play(_post, numbers)


def _play(do: Callable[[SettlementTerms], object], numbers: Sequence[int]) -> Share:
    terms = load(numbers)
    clients.wait_for_the_others()
    started, cpu = time.monotonic(), time.process_time()
    for each in terms:
        do(each)
    return Share(started, time.monotonic(), time.process_time() - cpu)


@transaction.atomic
def _post(terms: SettlementTerms) -> None:
    lock_account(available(terms.learner))
    post(
        key=f"settle:{terms.reference}",
        kind="settle",
        legs=world.make_legs(terms),
        reference=terms.reference,
        occurred_at=clock.now(),
    )


def check(numbers: Sequence[int]) -> None:
    """What was measured is what was done."""
    keys = [f"settle:{terms.reference}" for terms in load(numbers)]
    entries = LedgerEntry.objects.filter(transaction__key__in=keys).count()
    if entries != world.LEGS * len(numbers):
        raise RuntimeError(f"{entries} entries were written for {len(numbers)} bookings.")


def load(numbers: Sequence[int]) -> list[SettlementTerms]:
    learners = list(User.objects.filter(email__startswith="learner-").order_by("pk"))
    mentors = list(User.objects.filter(email__startswith="mentor-").order_by("pk"))
    return [world.make_terms(number, learners, mentors) for number in numbers]
