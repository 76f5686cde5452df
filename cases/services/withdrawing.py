"""The learner takes his complaint back, before anything is decided: the payout goes on."""

from datetime import datetime

from django.db import transaction

from billing.services.suspensions import lift
from cases.errors import TooLateToWithdraw
from cases.models import Case
from cases.services import news
from cases.services._moves import _move, lock
from cases.states import Status
from core import clock


@transaction.atomic
def withdraw_complaint(*, case: Case, now: datetime | None = None) -> Case:
    """Nothing is given back and no other complaint can follow. Twice is once. Raises TooLateToWithdraw."""
    moment = now or clock.now()
    case = lock(case)
    if case.was_withdrawn:
        return case
    if not case.can_be_withdrawn:
        raise TooLateToWithdraw
    learner = case.booking.learner
    case.remind_at = None
    _move(case, Status.CLOSED, by=learner, now=moment)
    lift(reference=case.booking.ledger_reference, cause=case.cause, now=moment)
    news.post(case, "withdrawn", author=learner, now=moment)
    news.tell(case, "withdrawn", news.both(case), now=moment)
    return case
