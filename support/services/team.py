"""What the team does with a request. Every step is traced; what the person reads is said to him."""

from datetime import datetime

from django.db import transaction

from accounts.errors import ReadAgain
from accounts.models import AuditEntry, User
from accounts.services import record
from core import clock
from core.errors import IllegalMove
from support.errors import NotStaff, NotTheirs, OwnTicket, ReasonNeeded, SameTicket
from support.models import Motive, Priority, Side, Step, Ticket, TicketMessage
from support.rules import target_after
from support.selectors import PREFIX, reading_of
from support.services._moves import _move, lock, note
from support.services.news import tell
from support.states import TICKET_ALLOWED, TicketStatus


def answer(*, ticket: Ticket, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Ticket:
    """Words to the person; the request stays with the team."""
    return _say(ticket, TicketStatus.OPEN, Step.REPLIED, by=by, words=reason, seen=seen, now=now)


def ask_more(*, ticket: Ticket, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Ticket:
    """A question: nothing more happens until the person answers, and it closes if he never does."""
    return _say(ticket, TicketStatus.WAITING, Step.ASKED, by=by, words=reason, seen=seen, now=now)


def resolve(*, ticket: Ticket, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Ticket:
    """The last word. The person may take it up again for some days."""
    return _say(ticket, TicketStatus.RESOLVED, Step.RESOLVED, by=by, words=reason, seen=seen, now=now)


@transaction.atomic
def _say(
    ticket: Ticket, to: TicketStatus, step: Step, *, by: User, words: str, seen: str, now: datetime | None
) -> Ticket:
    moment = now or clock.now()
    locked = _lock_to_act(ticket, by, words)
    if _is_said(locked, by, words):
        return locked
    if seen and seen != reading_of(locked):
        raise ReadAgain
    goes_on = locked.status == to == TicketStatus.OPEN
    if not (locked.is_live and (goes_on or to in TICKET_ALLOWED[locked.status])):
        raise IllegalMove
    message = TicketMessage.objects.create(
        ticket=locked, side=Side.TEAM, author=by, body=words.strip(), created_at=moment
    )
    locked.assigned_to = locked.assigned_to or by
    if goes_on:
        locked.save(update_fields=["assigned_to"])
        note(locked, step, by=by, now=moment)
    else:
        _move(locked, to, step, by=by, now=moment)
    _trace(locked, by, step, words, moment)
    tell(locked, "answer", now=moment, message=message, asked=step == Step.ASKED, resolved=step == Step.RESOLVED)
    return locked


def _is_said(ticket: Ticket, by: User, words: str) -> bool:
    """The same form, sent twice."""
    last = ticket.messages.order_by("-pk").first()
    return last is not None and last.side == Side.TEAM and last.author_id == by.pk and last.body == words.strip()


@transaction.atomic
def assign(*, ticket: Ticket, by: User, to: User, reason: str = "", now: datetime | None = None) -> Ticket:
    """Whose it is from here on: one's own, or a colleague's."""
    moment = now or clock.now()
    if not to.is_staff:
        raise NotStaff
    locked = _lock_live(ticket, by, reason or "–")
    if locked.author_id == to.pk:
        raise OwnTicket
    if locked.assigned_to_id == to.pk and locked.status != TicketStatus.RECEIVED:
        return locked
    locked.assigned_to = to
    words = reason.strip() or to.get_full_name() or to.email
    if locked.status == TicketStatus.RECEIVED:
        _move(locked, TicketStatus.OPEN, Step.TAKEN, by=by, now=moment, reason=words)
    else:
        locked.save(update_fields=["assigned_to"])
        note(locked, Step.TAKEN, by=by, now=moment, reason=words)
    _trace(locked, by, Step.TAKEN, words, moment)
    return locked


@transaction.atomic
def change_priority(*, ticket: Ticket, by: User, priority: int, reason: str, now: datetime | None = None) -> Ticket:
    moment = now or clock.now()
    locked = _lock_live(ticket, by, reason)
    if locked.priority == priority:
        return locked
    locked.priority = priority
    locked.save(update_fields=["priority"])
    words = f"{Priority(priority).label}\u202f: {reason.strip()}"
    note(locked, Step.PRIORITY, by=by, now=moment, reason=words)
    _trace(locked, by, Step.PRIORITY, words, moment)
    return locked


@transaction.atomic
def change_motive(*, ticket: Ticket, by: User, motive: Motive, reason: str, now: datetime | None = None) -> Ticket:
    """Another motive: another team, priority and target, counted from the beginning."""
    moment = now or clock.now()
    locked = _lock_live(ticket, by, reason)
    if locked.motive_id == motive.pk:
        return locked
    former = locked.motive
    locked.motive, locked.team, locked.priority = motive, motive.team, motive.priority
    locked.due_at = target_after(locked.created_at, motive.target_hours)
    locked.save(update_fields=["motive", "team", "priority", "due_at"])
    words = f"{former.label} → {motive.label}\u202f: {reason.strip()}"
    note(locked, Step.MOTIVE, by=by, now=moment, reason=words)
    _trace(locked, by, Step.MOTIVE, words, moment)
    return locked


@transaction.atomic
def merge(*, ticket: Ticket, into: Ticket, by: User, reason: str, now: datetime | None = None) -> Ticket:
    """Two requests of one person about the same: the words go to the one that stays."""
    moment = now or clock.now()
    if ticket.pk == into.pk:
        raise SameTicket
    # Always in one order: two people of the team may merge crosswise.
    locked = {pk: _lock_to_act(Ticket(pk=pk), by, reason) for pk in sorted([ticket.pk, into.pk])}
    goes, stays = locked[ticket.pk], locked[into.pk]
    if goes.merged_into_id == stays.pk:
        return stays
    if _owner(goes) != _owner(stays):
        raise NotTheirs
    if not stays.is_live:
        raise IllegalMove
    goes.messages.filter(client_id__isnull=False).update(client_id=None)
    goes.messages.update(ticket=stays)
    goes.merged_into = stays
    _move(goes, TicketStatus.MERGED, Step.MERGED, by=by, now=moment, reason=f"{stays.number}\u202f: {reason.strip()}")
    if not stays.subject:
        stays.subject = goes.subject
    stays.priority = min(stays.priority, goes.priority)
    stays.due_at = min(stays.due_at, goes.due_at)
    stays.answers = [*stays.answers, *(each for each in goes.answers if each not in stays.answers)]
    stays.save(update_fields=["subject", "priority", "due_at", "answers"])
    note(stays, Step.MERGED, by=by, now=moment, reason=f"{goes.number}\u202f: {reason.strip()}")
    _trace(goes, by, Step.MERGED, reason, moment)
    tell(goes, "merged", now=moment, into=stays)
    return stays


def _owner(ticket: Ticket) -> tuple[int | None, str]:
    return ticket.author_id, ticket.visitor_email.lower()


def _lock_to_act(ticket: Ticket, by: User, words: str) -> Ticket:
    if not by.is_staff:
        raise NotStaff
    if not words.strip():
        raise ReasonNeeded
    locked = lock(ticket)
    if locked.author_id == by.pk:
        raise OwnTicket
    return locked


def _lock_live(ticket: Ticket, by: User, words: str) -> Ticket:
    locked = _lock_to_act(ticket, by, words)
    if not locked.is_live:
        raise IllegalMove
    return locked


def _trace(ticket: Ticket, by: User, step: Step, words: str, now: datetime) -> AuditEntry:
    return record(
        actor=by, action=f"support.{step}", reference=f"{PREFIX}:{ticket.reference}", reason=words.strip(), now=now
    )
