"""What the person does with his request: he writes on, closes it, or takes it up again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from core import clock
from core.files.keeping import Upload, prepare, stored
from messaging.errors import EmptyMessage
from support.errors import Merged, TooLateToReopen, TooManyFilesToday, TooManyMessages
from support.models import Side, Step, Ticket, TicketFile, TicketMessage
from support.selectors import may_reopen
from support.services._moves import _move, lock, note
from support.states import TicketStatus

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_PER_HOUR = 20
MOST_FILES_PER_DAY = 30


def reply(
    *,
    ticket: Ticket,
    body: str,
    client_id: UUID | None = None,
    files: Sequence[Upload] = (),
    now: datetime | None = None,
) -> TicketMessage:
    """The person's words or files. They end the wait for them, and reopen what was resolved lately."""
    moment = now or clock.now()
    if not body.strip() and not files:
        raise EmptyMessage
    # Pictures are drawn before anything is locked.
    prepared = prepare(files)
    with stored(prepared, TicketFile) as kept, transaction.atomic():
        locked = lock(ticket)
        if client_id and (already := locked.messages.filter(client_id=client_id).first()):
            return already
        _check(locked, len(prepared), moment)
        message = TicketMessage.objects.create(
            ticket=locked,
            side=Side.PERSON,
            author=locked.author,
            body=body.strip(),
            client_id=client_id,
            created_at=moment,
        )
        kept.attach(partial(TicketFile, message=message))
        _go_on(locked, moment)
    return message


def _go_on(ticket: Ticket, now: datetime) -> None:
    if ticket.waits_for_team:
        note(ticket, Step.ANSWERED, by=ticket.author, now=now)
        return
    step = Step.ANSWERED if ticket.waits_for_person else Step.REOPENED
    _move(ticket, TicketStatus.OPEN, step, by=ticket.author, now=now)


def _check(ticket: Ticket, files: int, now: datetime) -> None:
    if ticket.is_merged:
        raise Merged
    if not ticket.is_live and not may_reopen(ticket, now):
        raise TooLateToReopen
    mine = ticket.messages.filter(side=Side.PERSON, created_at__gt=now - HOUR)
    if mine.count() >= MOST_PER_HOUR:
        raise TooManyMessages
    kept = TicketFile.objects.filter(message__ticket=ticket, message__created_at__gt=now - DAY).count()
    if files and kept + files > MOST_FILES_PER_DAY:
        raise TooManyFilesToday


@transaction.atomic
def close(*, ticket: Ticket, now: datetime | None = None) -> Ticket:
    """The person needs nothing more. Closing twice changes nothing."""
    locked = lock(ticket)
    if locked.status == TicketStatus.RESOLVED:
        return locked
    if locked.is_merged:
        raise Merged
    _move(locked, TicketStatus.RESOLVED, Step.CLOSED, by=locked.author, now=now or clock.now())
    return locked
