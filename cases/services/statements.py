"""What each of the two says, once per round."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.errors import AlreadySaid, TooLateToSay
from cases.models import Case, Statement, StatementFile
from cases.selectors import silent_people
from cases.services import news
from cases.services._moves import _move, lock
from cases.states import ASKING, Round, Status
from core import clock
from core.files.keeping import Kept, Upload, prepare, stored


def give_statement(
    *, case: Case, by: User, words: str, files: Sequence[Upload] = (), now: datetime | None = None
) -> Statement:
    """Late words are taken until it is decided. The same words again change nothing.

    Raises AlreadySaid, TooLateToSay, FilesRefused.
    """
    with stored(prepare(files), StatementFile) as kept, transaction.atomic():
        return _give(lock(case), by, words.strip(), kept, now or clock.now())


def _give(case: Case, by: User, text: str, kept: Kept, now: datetime) -> Statement:
    if said := case.statements.filter(author=by, round=case.round).first():
        if said.words == text:
            return said
        raise AlreadySaid
    if not case.takes_words:
        raise TooLateToSay
    statement = write(case, by, text, kept, now)
    news.post(case, "answered", author=by, now=now)
    news.tell(case, "answered", [case.booking.other(by)], now=now, statement=statement)
    if case.status in ASKING and not silent_people(case):
        make_ready(case, by=by, now=now)
    return statement


def write(case: Case, by: User, text: str, kept: Kept, now: datetime) -> Statement:
    statement = Statement.objects.create(case=case, author=by, round=case.round, words=text, at=now)
    kept.attach(lambda: StatementFile(statement=statement))
    return statement


def make_ready(case: Case, *, by: User | None, now: datetime) -> None:
    """Everybody was heard, or had the time to be: the team decides from here on."""
    case.remind_at = None
    _move(case, Status.EXAMINING if case.round == Round.FIRST else Status.REEXAMINING, by=by, now=now)
