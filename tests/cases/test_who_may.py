"""Each step of a case × each person: who may, who is told why not, who finds nothing at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import AuditEntry, User
from cases import services
from cases.errors import (
    AlreadySaid,
    AppealTooLate,
    NoAppealNow,
    OwnCase,
    SomebodyElseDecides,
    TooLateToSay,
    WaitForAnswers,
    WrongAmount,
)
from cases.models import Case, CaseEvent, Decision, Statement
from cases.selectors import get_booking_to_complain_of, get_case_for, get_case_of_booking, reading_of
from cases.states import ALLOWED, Outcome, Status
from core.errors import IllegalMove
from tests.cases.making import ANSWER, REASON, WHY, Day, days, paid_from_credit, staff
from tests.sessions_video.conftest import at_local_hour, make_member

Step = Callable[[Day], Any]


@pytest.fixture
def today(db: None) -> Day:
    """Waited for in vain, paid from credit."""
    at_local_hour(9)
    return paid_from_credit().over()


def explained(today: Day) -> Day:
    today.explain(today.learner)
    today.explain(today.mentor)
    return today


def in_status(status: Status, today: Day) -> Day:
    """The road that leads there."""
    if status != Status.ANSWERING:
        explained(today)
    if status not in (Status.ANSWERING, Status.EXAMINING):
        today.decide(Outcome.REFUND, staff())
    if status in (Status.APPEALED, Status.REEXAMINING):
        today.appeal(today.mentor)
    if status == Status.REEXAMINING:
        today.explain(today.learner, WHY)
    if status == Status.CLOSED:
        days(7)
        today.sweep()
    assert today.case.status == status
    return today


def learner_speaks(today: Day) -> None:
    today.explain(today.learner, "Encore un mot de ma part, plus long.")


def mentor_appeals(today: Day) -> None:
    today.appeal(today.mentor, "Encore un recours de ma part, plus long.")


def team_decides(today: Day) -> None:
    today.decide(Outcome.REFUND, staff("Samuel"))


# What happens when somebody tries this while the case is there: the status it leads to, or the refusal.
TRIED: dict[Status, dict[Step, Status | type[Exception]]] = {
    Status.ANSWERING: {
        learner_speaks: Status.ANSWERING,
        mentor_appeals: NoAppealNow,
        team_decides: WaitForAnswers,
    },
    Status.EXAMINING: {learner_speaks: AlreadySaid, mentor_appeals: NoAppealNow, team_decides: Status.DECIDED},
    Status.DECIDED: {learner_speaks: TooLateToSay, mentor_appeals: Status.APPEALED, team_decides: AlreadyDecided},
    Status.APPEALED: {learner_speaks: Status.REEXAMINING, mentor_appeals: NoAppealNow, team_decides: WaitForAnswers},
    Status.REEXAMINING: {learner_speaks: AlreadySaid, mentor_appeals: NoAppealNow, team_decides: Status.CLOSED},
    Status.CLOSED: {learner_speaks: TooLateToSay, mentor_appeals: AppealTooLate, team_decides: AlreadyDecided},
}
CASES = [(status, step) for status, steps in TRIED.items() for step in steps]


@pytest.mark.parametrize(("status", "step"), CASES, ids=lambda given: getattr(given, "__name__", str(given)))
def test_each_step_in_each_state(today: Day, status: Status, step: Step) -> None:
    in_status(status, today)
    expected = TRIED[status][step]
    if isinstance(expected, Status):
        step(today)
        assert today.case.status == expected
        return
    with pytest.raises(expected):
        step(today)
    assert today.case.status == status


def test_the_table_knows_every_state() -> None:
    assert set(TRIED) == set(ALLOWED) == set(Status)


def test_strangers_and_the_wrong_side_find_nothing(today: Day) -> None:
    nadia, case = make_member("Nadia"), today.case
    for door, reference in (
        (get_case_for, case.reference),
        (get_case_of_booking, today.booking.reference),
        (get_booking_to_complain_of, today.booking.reference),
    ):
        with pytest.raises(Http404):
            door(nadia, reference)
    with pytest.raises(Http404):
        get_booking_to_complain_of(today.mentor, today.booking.reference)


def test_nobody_of_the_team_decides_about_himself(today: Day) -> None:
    explained(today)
    User.objects.filter(pk=today.mentor.pk).update(is_staff=True, is_superuser=True)
    with pytest.raises(OwnCase):
        today.decide(Outcome.PLANNED, User.objects.get(pk=today.mentor.pk))


def test_the_first_decider_never_decides_on_the_appeal(today: Day) -> None:
    in_status(Status.REEXAMINING, today)
    with pytest.raises(SomebodyElseDecides):
        today.decide(Outcome.PLANNED, staff())
    today.decide(Outcome.PLANNED, staff("Samuel"))
    assert today.case.status == Status.CLOSED
    assert AuditEntry.objects.filter(reference=f"case:{today.case.reference}").count() == 2


def test_a_decision_on_what_was_not_read_is_refused(today: Day) -> None:
    explained(today)
    with pytest.raises(ReadAgain):
        services.decide(case=today.case, outcome=Outcome.REFUND, by=staff(), reason=REASON, seen="stale")
    services.decide(case=today.case, outcome=Outcome.REFUND, by=staff(), reason=REASON, seen=reading_of(today.case))


@pytest.mark.parametrize("amount", [None, 0, -1, 4700, 4701])
def test_a_part_is_more_than_nothing_and_less_than_all(today: Day, amount: int | None) -> None:
    explained(today)
    with pytest.raises(WrongAmount):
        today.decide(Outcome.SPLIT, staff(), amount)


def test_an_outcome_of_the_other_kind_is_refused(today: Day) -> None:
    explained(today)
    with pytest.raises(IllegalMove):
        today.decide(Outcome.REJECTED, staff())


def test_the_same_again_changes_nothing(today: Day) -> None:
    explained(today)
    services.give_statement(case=today.case, by=today.mentor, words=ANSWER)
    decision = today.decide(Outcome.REFUND, staff())
    assert today.decide(Outcome.REFUND, staff()) == decision
    today.appeal(today.mentor)
    today.appeal(today.mentor)
    services.open_not_held(booking=today.booking)
    assert (Case.objects.count(), Statement.objects.count(), Decision.objects.count()) == (1, 3, 1)


def test_the_appeal_ends_at_its_instant(today: Day) -> None:
    explained(today)
    today.decide(Outcome.REFUND, staff())
    until = today.case.appeal_until
    assert until
    assert services.due_case_ids(now=until - timedelta(microseconds=1)) == []
    with pytest.raises(AppealTooLate):
        services.appeal(case=today.case, by=today.mentor, words=WHY, now=until)
    assert services.due_case_ids(now=until) == [today.case.pk]


@pytest.mark.parametrize("model", [Statement, Decision, CaseEvent])
def test_the_database_keeps_what_was_said_and_decided(today: Day, model: Any) -> None:
    explained(today)
    today.decide(Outcome.REFUND, staff())
    rows: Any = model.objects
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(at=today.case.opened_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.all()._raw_delete("default")
