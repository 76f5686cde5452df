"""The only place that writes a request's status."""

from datetime import datetime

from accounts.models import User
from core import values
from core.states import check_move
from support.models import Step, Ticket, TicketEvent
from support.rules import target_after
from support.states import QUEUED, TICKET_ALLOWED, TicketStatus


def lock(ticket: Ticket) -> Ticket:
    """The same request, fresh and locked until the end of the transaction."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("motive", "author", "assigned_to")
    return rows.get(pk=ticket.pk)


def _move(ticket: Ticket, to: TicketStatus, step: Step, *, by: User | None, now: datetime, reason: str = "") -> None:
    """Change the status of a locked request and keep the trace of it. Saves every field."""
    check_move(TICKET_ALLOWED, ticket.status, to)
    if to in QUEUED and ticket.status not in QUEUED:
        ticket.due_at = target_after(now, ticket.motive.target_hours)
    waits = to == TicketStatus.WAITING
    ticket.closes_at = now + values.days("support_waiting_days") if waits else None
    ticket.warn_at = ticket.closes_at - values.days("support_warning_days") if ticket.closes_at else None
    # Being taken, the person waits on as before.
    if not QUEUED.issuperset({ticket.status, to}):
        ticket.since = now
    ticket.status = to
    ticket.save()
    note(ticket, step, by=by, now=now, reason=reason)


def note(ticket: Ticket, step: Step, *, by: User | None, now: datetime, reason: str = "") -> None:
    """A step that may leave the status as it is."""
    TicketEvent.objects.create(ticket=ticket, step=step, status=ticket.status, actor=by, reason=reason.strip(), at=now)
