"""Writing to the team: by a member, or by a visitor who leaves his address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from core import clock
from core.files.keeping import Kept, Upload, prepare, stored
from core.limits import hold, is_allowed
from messaging.errors import EmptyMessage
from support.errors import TooManyFromHere, TooManyTickets
from support.models import Motive, Side, Step, Ticket, TicketFile, TicketMessage
from support.rules import target_after
from support.services._moves import note
from support.services.news import tell

DAY = timedelta(days=1)
MOST_PER_DAY = 10
# Of visitors, by the address they come from and by the one they leave.
MOST_PER_PLACE, MOST_PER_EMAIL, WITHIN_SECONDS = 5, 5, 3600


@dataclass(frozen=True)
class Visitor:
    """Somebody without an account. `place` stands for the address of his request (core.limits)."""

    name: str
    email: str
    language: str
    place: str


def send_ticket(
    *,
    by: User | Visitor,
    motive: Motive,
    body: str,
    client_id: UUID,
    subject: str = "",
    answers: Sequence[Mapping[str, str]] = (),
    files: Sequence[Upload] = (),
    now: datetime | None = None,
) -> Ticket:
    """A request, with its receipt. The same `client_id` again is the same request."""
    moment = now or clock.now()
    if not body.strip():
        raise EmptyMessage
    already = _find(by, client_id)
    if already:
        return already
    if files and isinstance(by, Visitor):
        # Pictures are drawn before anything else is counted.
        hold("uploads", by.place)
    prepared = prepare(files)
    if isinstance(by, Visitor):
        _check_visitor(by)
    ticket = Ticket(
        motive=motive,
        subject=subject,
        answers=[dict(each) for each in answers],
        team=motive.team,
        priority=motive.priority,
        due_at=target_after(moment, motive.target_hours),
        client_id=client_id,
        created_at=moment,
        since=moment,
        **_owner(by),
    )
    try:
        with stored(prepared, TicketFile) as kept:
            return _keep(ticket, by, body.strip(), kept, moment)
    except IntegrityError:
        # The same form, sent twice at once.
        already = _find(by, client_id)
        if already is None:
            raise
        return already


@transaction.atomic
def _keep(ticket: Ticket, by: User | Visitor, body: str, kept: Kept, now: datetime) -> Ticket:
    if isinstance(by, User):
        # One after the other, so that the count is true.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if already := _find(by, ticket.client_id):
            return already
        _check_member(by, now)
    ticket.save()
    message = TicketMessage.objects.create(
        ticket=ticket, side=Side.PERSON, author=ticket.author, body=body, client_id=ticket.client_id, created_at=now
    )
    kept.attach(partial(TicketFile, message=message))
    note(ticket, Step.RECEIVED, by=ticket.author, now=now)
    tell(ticket, "received", now=now)
    return ticket


def _owner(by: User | Visitor) -> dict[str, object]:
    if isinstance(by, User):
        return {"author": by, "language": by.language}
    return {"visitor_name": by.name, "visitor_email": by.email, "language": by.language}


def _find(by: User | Visitor, client_id: UUID) -> Ticket | None:
    whose = {"author": by} if isinstance(by, User) else {"author": None, "visitor_email": by.email}
    return Ticket.objects.select_related("motive").filter(**whose, client_id=client_id).first()


def _check_member(by: User, now: datetime) -> None:
    if Ticket.objects.of(by).filter(created_at__gt=now - DAY).count() >= MOST_PER_DAY:
        raise TooManyTickets


def _check_visitor(by: Visitor) -> None:
    here = is_allowed("support.place", by.place, most=MOST_PER_PLACE, seconds=WITHIN_SECONDS)
    if not (here and is_allowed("support.email", by.email.lower(), most=MOST_PER_EMAIL, seconds=WITHIN_SECONDS)):
        raise TooManyFromHere
