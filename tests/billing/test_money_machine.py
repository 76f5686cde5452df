"""Five hundred random lives of the whole money, on the real services, a real database and a Stripe that misbehaves."""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.billing.machine.bank import Bank
from tests.billing.machine.cast import make_past
from tests.billing.machine.rest import Rest
from tests.billing.machine.sessions import Sessions
from tests.billing.machine.staff import Staff
from tests.billing.machine.workers import Workers
from tests.stripe import use_sandbox

# In blocks, so that processes share them. To look further: MONEY_HISTORIES=20000 MONEY_SEED=1.
HISTORIES = int(os.environ.get("MONEY_HISTORIES", "500"))
FIRST_SEED = int(os.environ.get("MONEY_SEED", "0"))
# A failure is made as short as possible, which may take minutes: MONEY_SHRINK=0 shows it as it came.
PHASES = [Phase.generate, Phase.shrink] if os.environ.get("MONEY_SHRINK", "1") == "1" else [Phase.generate]
BLOCKS = 8
STEPS = 16


class Life(Rest, Sessions, Staff, Workers):
    """All there is to happen, in any order."""


@pytest.fixture
def _quiet() -> Iterator[None]:
    """Histories are full of trouble; nobody reads a thousand warnings."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.requirement("SK-8", "SK-9", "SK-44", "SK-48", "SK-77")
@pytest.mark.usefixtures("cloned_database", "sandbox", "_quiet")
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_random_history_breaks_the_books(block: int) -> None:
    bank = Bank()
    use_sandbox(bank)

    class FromHere(Life):
        past = make_past(bank)

    run_state_machine_as_test(
        seed(FIRST_SEED * BLOCKS + block)(FromHere),
        settings=settings(
            max_examples=HISTORIES // BLOCKS,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
