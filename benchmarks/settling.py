"""What a client process does: prepares its bookings, then settles them when all the others are ready too."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from benchmarks import clients, world
from billing.models import Settlement
from billing.services.settlements import SettlementTerms, settle

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
    terms = load(numbers)
    clients.wait_for_the_others()
    started, cpu = time.monotonic(), time.process_time()
    for each in terms:
        settle(terms=each)
    return Share(started, time.monotonic(), time.process_time() - cpu)


def check(numbers: Sequence[int]) -> None:
    """What was measured is what was done."""
    references = [terms.reference for terms in load(numbers)]
    settled = Settlement.objects.filter(reference__in=references, charged_cents=world.CHARGED_CENTS).count()
    if settled != len(numbers):
        raise RuntimeError(f"{settled} of {len(numbers)} bookings were settled.")


def load(numbers: Sequence[int]) -> list[SettlementTerms]:
    learners = list(User.objects.filter(email__startswith="learner-").order_by("pk"))
    mentors = list(User.objects.filter(email__startswith="mentor-").order_by("pk"))
    return [world.make_terms(number, learners, mentors) for number in numbers]
