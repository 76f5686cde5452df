"""Asking once for another decision, by somebody else of the team."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.errors import AppealTooLate, NoAppealNow
from cases.models import Case, StatementFile
from cases.services import news
from cases.services._moves import _move, ask_for_words, lock
from cases.services.statements import write
from cases.states import Round, Status
from core import clock
from core.files.keeping import Kept, Upload, prepare, stored


def appeal(*, case: Case, by: User, words: str, files: Sequence[Upload] = (), now: datetime | None = None) -> Case:
    """Either side, before the date that was said; the other may answer. The same words again change nothing.

    Raises NoAppealNow, AppealTooLate, FilesRefused.
    """
    with stored(prepare(files), StatementFile) as kept, transaction.atomic():
        return _appeal(lock(case), by, words.strip(), kept, now or clock.now())


def _appeal(case: Case, by: User, text: str, kept: Kept, now: datetime) -> Case:
    if case.statements.filter(author=by, round=Round.APPEAL, words=text).exists():
        return case
    if case.appeal_until and now >= case.appeal_until:
        raise AppealTooLate(case.appeal_until, case.zone)
    if case.status != Status.DECIDED:
        raise NoAppealNow
    ask_for_words(case, now)
    _move(case, Status.APPEALED, by=by, now=now)
    write(case, by, text, kept, now)
    news.post(case, "appealed", author=by, now=now, answer_until=case.answer_until.isoformat())
    news.tell(case, "appealed", news.both(case), now=now, by=by)
    return case
