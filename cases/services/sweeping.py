"""What becomes due by itself: reminders, delays for words, silence (K-11), decisions that nobody appealed against."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.models import Booking
from bookings.states import Status as BookingStatus
from cases.models import Case, Decision
from cases.rules import mentor_waited
from cases.selectors import alone_of, silent_people
from cases.services import news
from cases.services._moves import lock_row
from cases.services.closing import close
from cases.services.statements import make_ready
from cases.states import Kind, Outcome, Round, Status
from core import clock, values

log = logging.getLogger(__name__)
SECONDS_PER_MINUTE = 60


def due_case_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    return list(Case.objects.due(now or clock.now()).values_list("pk", flat=True)[:limit])


def bookings_without_case(limit: int = 200) -> list[Booking]:
    """Sessions not held that nobody was asked about: from before cases were kept."""
    return list(Booking.objects.filter(status=BookingStatus.NOT_HELD, case=None).order_by("pk")[:limit])


def run_due(*, case_id: int, now: datetime | None = None) -> bool:
    """One case that is due. False when somebody else has it, it is not due any more, or it has to be tried again."""
    try:
        return _run_due(case_id, now or clock.now())
    except Exception:
        log.exception("case %s is due and could not go on", case_id)
        return False


@transaction.atomic
def _run_due(case_id: int, now: datetime) -> bool:
    free = Booking.objects.select_for_update(of=("self",), skip_locked=True).filter(case=case_id).first()
    if free is None or not Case.objects.due(now).filter(pk=case_id).exists():
        return False
    case = lock_row(case_id)
    if case.status == Status.DECIDED:
        close(case, case.decisions.get(round=Round.FIRST), by=None, now=now)
    elif case.answer_until > now:
        _remind(case, now)
    elif case.kind == Kind.NOT_HELD and not case.statements.exists() and not _mentor_waited(case):
        _decide_by_silence(case, now)
    else:
        make_ready(case, by=None, now=now)
    return True


def _remind(case: Case, now: datetime) -> None:
    """Whoever has not spoken yet, once."""
    case.remind_at = None
    case.save(update_fields=["remind_at"])
    news.tell(case, "reminder", silent_people(case), now=now)


def _mentor_waited(case: Case) -> bool:
    """Long enough that silence alone decides nothing."""
    return mentor_waited(alone_of(case), values.value("mentor_waiting_minutes") * SECONDS_PER_MINUTE)


def _decide_by_silence(case: Case, now: datetime) -> None:
    with override(case.booking.learner.language):
        reason = _(
            "Personne n’a donné d’explication avant la date limite, et le mentor n’a pas attendu seul dans la "
            "salle\u202f: le montant bloqué est rendu."
        )
    decision = Decision.objects.create(
        case=case,
        round=Round.FIRST,
        outcome=Outcome.REFUND,
        charged_cents=0,
        returned_cents=case.stake_cents,
        reason=reason,
        at=now,
    )
    close(case, decision, by=None, now=now)
