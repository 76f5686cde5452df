"""The only place that writes a case's status."""

from datetime import datetime, timedelta

from accounts.models import User
from bookings.models import Booking
from cases.models import Case, CaseEvent
from cases.rules import REMINDER_HOURS
from cases.states import ALLOWED, WAITING, Kind, Status
from core import values
from core.observation import occasion
from core.states import check_move


def lock(case: Case) -> Case:
    """The same case, fresh; its booking and itself are locked, in this order, until the end of the transaction."""
    booking = Booking.objects.select_for_update(of=("self",)).get(pk=case.booking_id)
    occasion.note(booking=booking.reference)
    return lock_row(case.pk)


def lock_row(pk: int) -> Case:
    return Case.objects.with_people().select_for_update(of=("self",)).get(pk=pk)


def _move(case: Case, to: Status, *, by: User | None, now: datetime, reason: str = "") -> None:
    """Change the status of a locked case and keep the trace of it. Saves every field."""
    check_move(ALLOWED, case.status, to)
    event = CaseEvent(case=case, from_status=case.status, to_status=to, actor=by, reason=reason, at=now)
    case.status = to
    case.ready_at = now if to in WAITING else None
    case.closed_at = now if to == Status.CLOSED else None
    case.save()
    event.save()


def ask_for_words(case: Case, now: datetime) -> None:
    """A delay for words, and one reminder before it ends. Not saved."""
    delay = values.days("complaint_answer_days" if case.kind == Kind.COMPLAINT else "statement_days")
    case.answer_until = now + delay
    case.remind_at = case.answer_until - timedelta(hours=REMINDER_HOURS)
