"""A request that waits for the person: he is reminded, then it closes by itself."""

from datetime import datetime

from django.db import transaction

from core import clock
from support.models import Step, Ticket
from support.services._moves import _move
from support.services.news import tell
from support.states import TicketStatus


def due_warning_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Ticket.objects.filter(status=TicketStatus.WAITING, warn_at__lte=now or clock.now())
    return list(due.order_by("warn_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def warn(*, ticket_id: int, now: datetime | None = None) -> bool:
    """Say once when it will close."""
    moment = now or clock.now()
    ticket = claim(ticket_id)
    if ticket is None or ticket.warn_at is None or ticket.warn_at > moment:
        return False
    ticket.warn_at = None
    ticket.save(update_fields=["warn_at"])
    # Nobody looked for days: the closing itself says enough.
    if ticket.closes_at and ticket.closes_at > moment:
        tell(ticket, "closing", now=moment)
    return True


def due_closing_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Ticket.objects.to_close(now or clock.now())
    return list(due.order_by("closes_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def lapse(*, ticket_id: int, now: datetime | None = None) -> bool:
    moment = now or clock.now()
    ticket = claim(ticket_id)
    if ticket is None or ticket.closes_at is None or ticket.closes_at > moment:
        return False
    _move(ticket, TicketStatus.RESOLVED, Step.LAPSED, by=None, now=moment)
    tell(ticket, "lapsed", now=moment)
    return True


def claim(ticket_id: int) -> Ticket | None:
    """Another worker may have it: then it is his."""
    rows = Ticket.objects.select_for_update(of=("self",), skip_locked=True).select_related("motive", "author")
    return rows.filter(pk=ticket_id).first()
