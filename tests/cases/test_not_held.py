"""A day without a session: who was there, what both say, silence, and each way it ends."""

from collections.abc import Callable

import pytest
from django.db import connection

from billing.models import Invoice, Settlement
from billing.states import PayoutStatus
from bookings.presentation import badge_for
from cases.models import Decision
from cases.rules import proposed
from cases.selectors import alone_of
from cases.states import Outcome, Status
from cases.tasks import open_forgotten
from reviews.errors import NothingToReview
from reviews.selectors import why_not
from sessions_video.errors import RoomError
from tests.cases.making import NET, PRICE, Day, days, mails, staff, wrong_in_the_end

Making = Callable[..., Day]
WAITED = 16 * 60
LEAST = 15 * 60


@pytest.mark.requirement("SK-103", "SK-104")
def test_after_the_day_the_room_is_closed_the_money_blocked_and_both_are_asked(day: Making) -> None:
    today = day().over()
    with pytest.raises(RoomError):
        today.room.join(today.learner)
    assert today.case.stake_cents == PRICE
    assert mails("not_held") == {today.learner.email, today.mentor.email}
    days(3)
    assert not Settlement.objects.exists()
    assert today.credit() == 0
    assert wrong_in_the_end() == []


@pytest.mark.requirement("SK-106", "SK-105", "K-11")
def test_a_learner_who_did_not_come_is_billed_the_planned_time_and_the_mentor_is_paid(day: Making) -> None:
    today = day()
    today.wait_alone(today.mentor, WAITED).over()
    assert proposed(alone_of(today.case), LEAST) == Outcome.PLANNED
    today.explain(today.mentor, "J’ai attendu un quart d’heure, personne n’est venu.")
    assert today.case.status == Status.ANSWERING
    today.explain(today.learner, "J’ai oublié, je m’en excuse auprès de mon mentor.")
    today.decide(Outcome.PLANNED, staff())
    days(7)
    today.sweep()
    settlement = Settlement.objects.get()
    assert (settlement.charged_cents, settlement.billed_seconds) == (PRICE, 3600)
    assert Invoice.objects.filter(kind="invoice").count() == 1
    days(2)
    assert today.pay_mentor().status == PayoutStatus.PAID
    assert today.payout.amount_cents == NET
    assert wrong_in_the_end() == []


@pytest.mark.requirement("K-11")
def test_a_mentor_who_did_not_come_is_paid_nothing(day: Making) -> None:
    today = day()
    today.wait_alone(today.learner, WAITED).over()
    assert proposed(alone_of(today.case), LEAST) == Outcome.REFUND
    today.explain(today.learner, "J’ai attendu longtemps dans la salle, en vain.")
    days(7)
    assert today.sweep().status == Status.EXAMINING
    today.decide(Outcome.REFUND, staff())
    days(7)
    today.sweep()
    assert today.credit() == PRICE
    assert not Invoice.objects.exists()
    assert wrong_in_the_end() == []


@pytest.mark.requirement("K-11")
def test_when_nobody_came_and_nobody_speaks_everything_comes_back_by_itself(day: Making) -> None:
    today = day().over()
    days(6)
    today.sweep()
    assert mails("reminder") == {today.learner.email, today.mentor.email}
    assert today.credit() == 0
    days(1)
    assert today.sweep().status == Status.CLOSED
    assert today.credit() == PRICE
    assert Decision.objects.get().by is None
    assert mails("closed") == {today.learner.email, today.mentor.email}
    assert wrong_in_the_end() == []


@pytest.mark.requirement("K-11")
@pytest.mark.parametrize(("minutes", "status"), [(14, Status.CLOSED), (15, Status.EXAMINING)])
def test_silence_gives_back_unless_the_mentor_waited_a_quarter_of_an_hour(
    day: Making, minutes: int, status: Status
) -> None:
    today = day()
    today.wait_alone(today.mentor, minutes * 60).over()
    days(7)
    assert today.sweep().status == status


def test_a_split_charges_the_agreed_part_and_gives_back_the_rest(day: Making) -> None:
    today = day().over()
    for person in (today.learner, today.mentor):
        today.explain(person, "Nous nous sommes mal compris sur l’heure de rendez-vous.")
    today.decide(Outcome.SPLIT, staff(), 2000)
    days(7)
    today.sweep()
    assert Settlement.objects.get().charged_cents == 2000
    assert today.credit() == PRICE - 2000
    days(2)
    assert today.pay_mentor().status == PayoutStatus.PAID
    assert today.payout.amount_cents == 1600
    assert wrong_in_the_end() == []


def test_an_appeal_changes_what_becomes_of_a_session_not_held(day: Making) -> None:
    today = day()
    today.wait_alone(today.mentor, WAITED).over()
    for person in (today.learner, today.mentor):
        today.explain(person, "Nous nous sommes mal compris sur l’heure de rendez-vous.")
    today.decide(Outcome.REFUND, staff())
    today.appeal(today.mentor)
    days(7)
    assert today.sweep().status == Status.REEXAMINING
    today.decide(Outcome.PLANNED, staff("Samuel"))
    assert Settlement.objects.get().charged_cents == PRICE
    assert today.credit() == 0
    assert wrong_in_the_end() == []


@pytest.mark.requirement("K-17")
def test_a_session_not_held_is_never_reviewed_nor_called_held(day: Making) -> None:
    today = day()
    today.wait_alone(today.mentor, WAITED).over()
    for person in (today.learner, today.mentor):
        today.explain(person, "Nous nous sommes mal compris sur l’heure de rendez-vous.")
    today.decide(Outcome.PLANNED, staff())
    days(7)
    today.sweep()
    assert isinstance(why_not(today.booking), NothingToReview)
    assert badge_for(today.booking, today.learner).label == "Non tenue, réglée"


def test_a_session_not_held_that_has_no_case_gets_one(day: Making) -> None:
    """As those from before cases were kept."""
    today = day().over()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM cases_caseevent")
        cursor.execute("DELETE FROM cases_case")
        cursor.execute("SET session_replication_role = origin")
    open_forgotten()
    open_forgotten()
    assert today.case.status == Status.ANSWERING
    assert today.case.stake_cents == PRICE
