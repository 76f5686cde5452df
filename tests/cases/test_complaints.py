"""A complaint, from the learner's words to the money: rejected, in part, in full, after the payout, on appeal."""

from collections.abc import Callable

import pytest

from billing.models import Adjustment, Invoice
from billing.services.reversals import sweep_reversals
from billing.states import PayoutStatus
from cases.errors import AlreadyACase, NothingToComplainOf, TooLateToWithdraw, TooMuchAsked
from cases.models import Case
from cases.services import withdraw_complaint
from cases.states import Outcome, Status
from core.errors import IllegalMove
from tests.cases.making import NET, PRICE, REASON, Day, complained, days, mails, staff, wrong_in_the_end

Making = Callable[..., Day]


@pytest.mark.requirement("SK-52", "K-12")
def test_a_complaint_keeps_the_payout_back_at_once_and_tells_both(day: Making) -> None:
    today = day().hold()
    assert today.complain(montant="10,00").asked_cents == 1000
    assert today.payout.status == PayoutStatus.SUSPENDED
    assert mails("complaint") == {today.learner.email, today.mentor.email}
    days(3)
    assert today.pay_mentor().status == PayoutStatus.SUSPENDED
    assert wrong_in_the_end() == []


def test_a_complaint_sent_twice_is_one(day: Making) -> None:
    today = day().hold()
    assert today.complain() == today.complain() == Day.complain(today)
    with pytest.raises(AlreadyACase):
        Day.complain(today, words="Autre chose encore n’allait pas du tout.")
    assert Case.objects.count() == 1


@pytest.mark.requirement("SK-52")
@pytest.mark.parametrize("answered", ["", "answered"])
def test_a_complaint_taken_back_lets_the_payout_go_on_and_tells_both(day: Making, answered: str) -> None:
    today = complained(day()) if answered else day().hold()
    case = today.case if answered else today.complain()
    for _twice in range(2):
        assert withdraw_complaint(case=case).status == Status.CLOSED
    assert mails("withdrawn") == {today.learner.email, today.mentor.email}
    assert not case.decisions.exists()
    assert today.sweep().status == Status.CLOSED
    days(3)
    assert today.pay_mentor().status == PayoutStatus.PAID
    assert today.payout.amount_cents == NET
    with pytest.raises(AlreadyACase):
        Day.complain(today, words="Autre chose encore n’allait pas du tout.")
    assert wrong_in_the_end() == []


def test_what_is_decided_is_not_taken_back_and_what_is_taken_back_is_not_decided(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.FULL, staff())
    with pytest.raises(TooLateToWithdraw):
        withdraw_complaint(case=today.case)
    assert today.case.status == Status.DECIDED


def test_a_decision_that_comes_after_the_withdrawal_is_refused(day: Making) -> None:
    today = complained(day())
    withdraw_complaint(case=today.case)
    with pytest.raises(IllegalMove):
        Day.decide(today, Outcome.FULL, staff())
    assert not today.case.decisions.exists()


def test_nobody_complains_of_what_was_not_charged_nor_asks_for_more(day: Making) -> None:
    today = day()
    with pytest.raises(NothingToComplainOf):
        Day.complain(today)
    today.hold()
    with pytest.raises(TooMuchAsked):
        Day.complain(today, asked_cents=PRICE + 1)
    assert not Case.objects.exists()


def test_a_rejected_complaint_pays_the_mentor_once_nobody_appealed(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.REJECTED, staff())
    assert today.sweep().status == Status.DECIDED
    assert today.payout.status == PayoutStatus.SUSPENDED
    days(7)
    assert today.sweep().status == Status.CLOSED
    assert today.pay_mentor().status == PayoutStatus.PAID
    assert today.payout.amount_cents == NET
    assert mails("decided") == mails("closed") == {today.learner.email, today.mentor.email}
    assert not Adjustment.objects.exists()
    assert wrong_in_the_end() == []


def test_a_complaint_upheld_in_part_gives_back_with_a_credit_note_and_pays_the_rest(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.PARTIAL, staff(), 1000)
    days(7)
    assert today.credit() == 0
    today.sweep()
    assert today.credit() == 1000
    assert Adjustment.objects.get().reason == REASON
    assert Invoice.objects.filter(kind="credit_note").count() == 1
    assert today.pay_mentor().status == PayoutStatus.PAID
    assert today.payout.to_send_cents == NET - 800
    assert wrong_in_the_end() == []


def test_a_complaint_upheld_in_full_gives_everything_back_and_pays_nobody(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.FULL, staff())
    days(7)
    today.sweep()
    assert today.credit() == PRICE
    assert today.pay_mentor().status == PayoutStatus.CANCELED
    assert wrong_in_the_end() == []


def test_after_the_payout_a_complaint_is_taken_and_the_mentor_gives_back(day: Making) -> None:
    today = day().hold()
    days(3)
    assert today.pay_mentor().status == PayoutStatus.PAID
    today.complain()
    assert today.payout.status == PayoutStatus.PAID
    today.explain(today.mentor)
    today.decide(Outcome.PARTIAL, staff(), 1000)
    days(7)
    today.sweep()
    sweep_reversals()
    assert today.credit() == 1000
    assert wrong_in_the_end() == []


def test_an_appeal_is_decided_by_somebody_else_and_moves_the_money_once(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.REJECTED, staff())
    days(6)
    today.appeal(today.learner)
    days(2)
    assert today.sweep().status == Status.APPEALED
    today.explain(today.mentor, "Je maintiens : le matériel de Karim était en cause.")
    assert today.case.status == Status.REEXAMINING
    today.decide(Outcome.FULL, staff("Samuel"), reason="Les mesures de la salle lui donnent raison.")
    assert today.case.status == Status.CLOSED
    assert today.credit() == PRICE
    assert today.pay_mentor().status == PayoutStatus.CANCELED
    assert wrong_in_the_end() == []


def test_the_silence_of_the_mentor_brings_the_case_to_the_team(day: Making) -> None:
    today = day().hold()
    today.complain()
    days(2)
    assert today.sweep().status == Status.ANSWERING
    assert mails("reminder") == {today.mentor.email}
    days(1)
    assert today.sweep().status == Status.EXAMINING
    today.explain(today.mentor)  # late, and taken
    assert today.case.statements.count() == 2
