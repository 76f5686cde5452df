"""Two at once on a real database: one wins, and what is shown afterwards is true."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from billing.models import Settlement
from billing.services.payouts import sweep_payouts
from billing.states import PayoutStatus
from cases import services
from cases.models import Case, Decision
from cases.presentation import money_words
from cases.services import Complaint
from cases.states import Outcome, Status
from stripe_sandbox import Sandbox
from tests.cases.making import (
    ANSWER,
    REASON,
    WHY,
    WORDS,
    Day,
    complained,
    days,
    paid_by_card,
    paid_from_credit,
    staff,
    wrong_in_the_end,
)
from tests.databases import in_threads
from tests.sessions_video.conftest import at_local_hour


@pytest.fixture
def today(cloned_database: str, sandbox: Sandbox) -> Callable[[], Day]:
    at_local_hour(9)
    return lambda: paid_by_card(sandbox)


@pytest.fixture
def missed(cloned_database: str) -> Day:
    at_local_hour(9)
    day = paid_from_credit().over()
    day.explain(day.learner)
    return day


def refusals(results: list[Any]) -> int:
    return sum(isinstance(result, Exception) for result in results)


def test_a_complaint_meets_the_payout(today: Callable[[], Day]) -> None:
    day = today().hold()
    days(3)
    words = Complaint("technique", WORDS)
    complaint, _sent = in_threads(
        partial(services.open_complaint, booking=day.booking, complaint=words),
        sweep_payouts,
    )
    assert isinstance(complaint, Case)
    said = money_words(day.case, day.payout, day.learner)
    if day.payout.status == PayoutStatus.SUSPENDED:
        assert "suspendu" in said
    else:
        assert day.payout.status == PayoutStatus.PAID
        assert "déjà été payé" in said
    day.explain(day.mentor)
    day.decide(Outcome.FULL, staff())
    days(7)
    day.sweep()
    assert day.credit() == day.case.stake_cents
    assert wrong_in_the_end() == []


def test_a_complaint_from_two_tabs_is_one(today: Callable[[], Day]) -> None:
    day = today().hold()
    words = Complaint("technique", WORDS)
    results = in_threads(*[partial(services.open_complaint, booking=day.booking, complaint=words)] * 3)
    assert refusals(results) == 0
    assert Case.objects.count() == 1


def test_of_two_decisions_at_once_one_stands(missed: Day) -> None:
    missed.explain(missed.mentor)
    take = partial(services.decide, case=missed.case, reason=REASON)
    results = in_threads(
        partial(take, outcome=Outcome.REFUND, by=staff()), partial(take, outcome=Outcome.PLANNED, by=staff("Samuel"))
    )
    assert refusals(results) == 1
    assert "avant vous" in str(next(each for each in results if isinstance(each, Exception)))
    assert Decision.objects.count() == 1
    assert missed.case.status == Status.DECIDED


def test_an_appeal_meets_the_end_of_its_delay(missed: Day) -> None:
    missed.explain(missed.mentor)
    missed.decide(Outcome.REFUND, staff())
    until = missed.case.appeal_until
    assert until
    in_threads(
        partial(services.appeal, case=missed.case, by=missed.mentor, words=WHY),
        partial(services.run_due, case_id=missed.case.pk, now=until),
        partial(services.run_due, case_id=missed.case.pk, now=until),
    )
    assert (missed.case.status, Settlement.objects.count()) in {(Status.APPEALED, 0), (Status.CLOSED, 1)}


def test_a_decision_meets_late_words(missed: Day) -> None:
    days(7)
    missed.sweep()
    decided, said = in_threads(
        partial(services.decide, case=missed.case, outcome=Outcome.REFUND, by=staff(), reason=REASON),
        partial(services.give_statement, case=missed.case, by=missed.mentor, words=ANSWER),
    )
    assert isinstance(decided, Decision)
    assert missed.case.statements.count() == (1 if isinstance(said, Exception) else 2)


def test_words_of_both_at_once_bring_the_case_to_the_team(cloned_database: str) -> None:
    at_local_hour(9)
    day = paid_from_credit().over()
    results = in_threads(
        *[partial(services.give_statement, case=day.case, by=who, words=ANSWER) for who in (day.learner, day.mentor)]
    )
    assert refusals(results) == 0
    assert day.case.status == Status.EXAMINING


def test_two_sweepers_carry_a_decision_out_once(today: Callable[[], Day]) -> None:
    day = complained(today())
    day.decide(Outcome.PARTIAL, staff(), 1000)
    days(7)
    in_threads(*[partial(services.run_due, case_id=day.case.pk)] * 4)
    assert day.case.status == Status.CLOSED
    assert day.credit() == 1000
    assert day.pay_mentor().status == PayoutStatus.PAID
    assert wrong_in_the_end() == []
