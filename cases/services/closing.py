"""The end of a case: the last decision moves the money, once."""

from datetime import datetime

from accounts.models import User
from billing.services.adjustments import adjust
from billing.services.suspensions import lift
from bookings.services import settle_not_held
from cases.models import Case, Decision
from cases.services import news
from cases.services._moves import _move
from cases.states import Outcome, Status

# What the history of a booking keeps of a reason.
REASON_LENGTH = 500


def close(case: Case, decision: Decision, *, by: User | None, now: datetime) -> None:
    """Carry the decision out in the transaction that closes the locked case, and tell both."""
    case.remind_at = None
    _move(case, Status.CLOSED, by=by, now=now, reason=decision.reason if by else "")
    if case.is_complaint:
        _carry_out_complaint(case, decision, now)
    else:
        settle_not_held(
            booking=case.booking,
            planned=decision.outcome == Outcome.PLANNED,
            agreed_cents=decision.charged_cents if decision.outcome == Outcome.SPLIT else None,
            reason=decision.reason[:REASON_LENGTH],
            now=now,
        )
    news.post(case, "closed", now=now, outcome=decision.outcome, returned_cents=decision.returned_cents)
    news.tell(case, "closed", news.both(case), now=now, decision=decision)


def _carry_out_complaint(case: Case, decision: Decision, now: datetime) -> None:
    subject = case.booking.ledger_reference
    if decision.returned_cents:
        adjust(
            reference=case.cause,
            subject=subject,
            amount_cents=decision.returned_cents,
            reason=decision.reason,
            now=now,
        )
    lift(reference=subject, cause=case.cause, now=now)
