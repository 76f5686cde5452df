"""One of the two leaves: the complaint of the other is heard all the same, and nobody loses a cent."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts import closings
from accounts.models import Closing
from accounts.states import ClosingStatus
from billing.services.reversals import sweep_reversals
from billing.states import PayoutStatus
from cases import services
from cases.services import Complaint
from cases.states import Outcome, Status
from core import clock
from stripe_sandbox import Sandbox
from tests.accounts.leaving import PASSWORD, close, follow, sweep
from tests.cases.making import PRICE, WORDS, Day, days, paid_by_card, staff, wrong_in_the_end
from tests.databases import in_threads
from tests.sessions_video.conftest import at_local_hour


@pytest.fixture
def paid(cloned_database: str, sandbox: Sandbox) -> Callable[[], Day]:
    at_local_hour(9)
    return lambda: paid_by_card(sandbox).hold()


def erased(day: Day) -> None:
    close(day.mentor, now=clock.now())
    days(15)
    sweep(clock.now())
    assert Closing.objects.get().status == ClosingStatus.ERASED


@pytest.mark.requirement("K-12", "K-34")
def test_a_mentor_who_was_erased_still_gives_back(paid: Callable[[], Day]) -> None:
    day = paid()
    days(3)
    assert day.pay_mentor().status == PayoutStatus.PAID
    wrong_in_the_end()
    erased(day)
    Day.complain(day)
    days(3)
    assert day.sweep().status == Status.EXAMINING
    Day.decide(day, Outcome.FULL, staff())
    days(7)
    assert day.sweep().status == Status.CLOSED
    sweep_reversals()
    assert day.credit() == PRICE
    assert wrong_in_the_end() == []


@pytest.mark.requirement("SK-52", "K-34")
@pytest.mark.parametrize("who", ["learner", "mentor"])
def test_leaving_while_a_complaint_arrives(paid: Callable[[], Day], who: str) -> None:
    day = paid()
    days(3)
    day.pay_mentor()
    leaves = day.learner if who == "learner" else day.mentor
    in_threads(
        partial(closings.close_account, user=leaves, password=PASSWORD),
        partial(services.open_complaint, booking=day.booking, complaint=Complaint("technique", WORDS)),
    )
    follow(clock.now())
    days(15)
    sweep(clock.now())
    closing = Closing.objects.filter(user=leaves).first()
    # The case was there before the closing, or keeps him from being erased.
    assert closing is None or closing.status == ClosingStatus.CLOSED
    day.sweep()
    Day.decide(day, Outcome.FULL, staff())
    days(8)
    assert day.sweep().status == Status.CLOSED
    sweep_reversals()
    follow(clock.now())
    sweep(clock.now())
    if closing is not None and who == "mentor":
        closing.refresh_from_db()
        assert closing.status == ClosingStatus.ERASED
    assert wrong_in_the_end() == []
