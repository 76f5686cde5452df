"""A case begins: the learner complains of a settled session, or a day ends without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from billing.services.suspensions import suspend
from bookings.models import Booking
from bookings.services import note_case
from cases.errors import TooMuchAsked
from cases.models import Case, CaseEvent, StatementFile
from cases.selectors import complaint_stake, held_cents
from cases.services import news
from cases.services._moves import ask_for_words
from cases.services.statements import write
from cases.states import Kind, Status
from core import clock
from core.files.keeping import Kept, Upload, prepare, stored


@dataclass(frozen=True)
class Complaint:
    """What the learner says of his session."""

    topic: str
    words: str
    asked_cents: int | None = None


def open_complaint(
    *, booking: Booking, complaint: Complaint, files: Sequence[Upload] = (), now: datetime | None = None
) -> Case:
    """The learner says what went wrong; the payout waits from this moment, if it has not left (SK-52, K-12).

    Sent twice, it is one complaint. Raises NothingToComplainOf, AlreadyACase, TooMuchAsked, FilesRefused.
    """
    with stored(prepare(files), StatementFile) as kept, transaction.atomic():
        locked = Booking.objects.with_people().select_for_update(of=("self",)).get(pk=booking.pk)
        return _complain(locked, complaint, kept, now or clock.now())


def _complain(booking: Booking, complaint: Complaint, kept: Kept, now: datetime) -> Case:
    text = complaint.words.strip()
    if sent := _sent_before(booking, complaint.topic, text):
        return sent
    stake, asked = complaint_stake(booking), complaint.asked_cents
    if asked and asked > stake:
        raise TooMuchAsked(stake)
    case = Case(kind=Kind.COMPLAINT, booking=booking, topic=complaint.topic, asked_cents=asked, stake_cents=stake)
    _open(case, booking.learner, now)
    write(case, booking.learner, text, kept, now)
    suspend(reference=booking.ledger_reference, cause=case.cause, now=now)
    news.post(case, "complaint", author=booking.learner, now=now, answer_until=case.answer_until.isoformat())
    news.tell(case, "complaint", news.both(case), now=now)
    return case


def _sent_before(booking: Booking, topic: str, text: str) -> Case | None:
    same = Case.objects.filter(booking=booking, kind=Kind.COMPLAINT, topic=topic)
    return same.filter(statements__author=booking.learner_id, statements__words=text).first()


@transaction.atomic
def open_not_held(*, booking: Booking, now: datetime | None = None) -> Case:
    """A day went by without a billed second: both are asked what happened (SK-104, SK-105, K-11). Once."""
    moment = now or clock.now()
    booking = Booking.objects.with_people().select_for_update(of=("self",)).get(pk=booking.pk)
    if known := Case.objects.filter(booking=booking).first():
        return known
    case = Case(kind=Kind.NOT_HELD, booking=booking, stake_cents=held_cents(booking))
    _open(case, None, moment)
    news.post(case, "not_held", now=moment, answer_until=case.answer_until.isoformat())
    news.tell(case, "not_held", news.both(case), now=moment)
    return case


def _open(case: Case, by: User | None, now: datetime) -> None:
    case.opened_at = now
    ask_for_words(case, now)
    case.save(force_insert=True)
    CaseEvent.objects.create(case=case, to_status=Status.ANSWERING, actor=by, at=now)
    note_case(booking=case.booking, now=now)
