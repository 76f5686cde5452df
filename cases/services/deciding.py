"""What the team decides. A first decision takes effect when nobody appealed in time; the one of an appeal at once.

So money moves once per case: nobody has to give back what he was given too early.
"""

from datetime import datetime

from django.db import transaction

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import User
from accounts.services import record
from cases.errors import OwnCase, SomebodyElseDecides, WaitForAnswers, WrongAmount
from cases.models import Case, Decision
from cases.rules import Sums, sums
from cases.selectors import first_decider, reading_of
from cases.services import news
from cases.services._moves import _move, lock
from cases.services.closing import close
from cases.states import ASKING, OUTCOMES, WAITING, Outcome, Round, Status
from core import clock, values
from core.errors import IllegalMove


@transaction.atomic
def decide(
    *,
    case: Case,
    outcome: Outcome,
    by: User,
    reason: str,
    seen: str = "",
    amount_cents: int | None = None,
    now: datetime | None = None,
) -> Decision:
    """One of the outcomes of its kind, with the reason both read. The same decision sent twice is one.

    Raises WaitForAnswers, AlreadyDecided, ReadAgain, OwnCase, SomebodyElseDecides, WrongAmount.
    """
    moment = now or clock.now()
    case = lock(case)
    text = reason.strip()
    if taken := _taken_before(case, outcome, by, text):
        return taken
    _check(case, outcome, by, seen)
    shares = _shares(case, outcome, amount_cents)
    decision = Decision.objects.create(
        case=case,
        round=case.round,
        outcome=outcome,
        charged_cents=shares.charged_cents,
        returned_cents=shares.returned_cents,
        reason=text,
        by=by,
        at=moment,
    )
    record(actor=by, action=f"cases.{outcome}", reference=f"case:{case.reference}", reason=text, now=moment)
    if case.round == Round.APPEAL:
        close(case, decision, by=by, now=moment)
        return decision
    _announce(case, decision, moment)
    return decision


def _announce(case: Case, decision: Decision, now: datetime) -> None:
    case.appeal_until = now + values.days("appeal_days")
    _move(case, Status.DECIDED, by=decision.by, now=now, reason=decision.reason)
    news.post(case, "decided", now=now, outcome=decision.outcome, returned_cents=decision.returned_cents)
    news.tell(case, "decided", news.both(case), now=now, decision=decision)


def _taken_before(case: Case, outcome: Outcome, by: User, text: str) -> Decision | None:
    last = case.decisions.last()
    same = last and case.status not in WAITING and (last.outcome, last.by_id, last.reason) == (outcome, by.pk, text)
    return last if same else None


def _check(case: Case, outcome: Outcome, by: User, seen: str) -> None:
    if case.booking.has(by):
        raise OwnCase
    if case.status in ASKING:
        raise WaitForAnswers(case.answer_until, case.zone)
    if case.status not in WAITING:
        raise _who_was_first(case)
    if case.round == Round.APPEAL and first_decider(case) == by.pk:
        raise SomebodyElseDecides
    if outcome not in OUTCOMES[case.kind]:
        raise IllegalMove
    if seen and seen != reading_of(case):
        raise ReadAgain


def _who_was_first(case: Case) -> IllegalMove:
    last = case.decisions.select_related("by").last()
    if last is None or last.by is None:
        return IllegalMove()
    return AlreadyDecided(who=last.by.get_full_name() or last.by.email, decision=str(last), at=last.at)


def _shares(case: Case, outcome: Outcome, amount_cents: int | None) -> Sums:
    try:
        return sums(outcome, case.stake_cents, amount_cents)
    except ValueError as error:
        raise WrongAmount(case.stake_cents) from error
