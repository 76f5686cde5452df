"""A visitor's request is not kept for ever.

It belongs to no member's data, even when the address is one of theirs: whoever typed it proved nothing. So it is in
nobody's export and nobody's erasure, and ends by itself.
"""

from datetime import datetime

from django.db import transaction

from core import clock, values
from core.files import rights
from support.models import Ticket, TicketFile, TicketQuerySet
from support.services.sweeping import claim
from support.states import FINISHED


def due_forgetting_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = _due(now or clock.now()).order_by("since", "pk")
    return list(due.values_list("pk", flat=True)[:limit])


def forget_visitor(*, ticket_id: int, now: datetime | None = None) -> bool:
    """Words, files, name and address, and the row that held them; what the team traced stays."""
    moment = now or clock.now()
    if not _due(moment).filter(pk=ticket_id).exists():
        return False
    # Nobody can reopen it any more: its files may go first, outside any transaction.
    rights.erase(TicketFile.objects.filter(message__ticket=ticket_id))
    with transaction.atomic():
        ticket = claim(ticket_id)
        if ticket is None:
            return False
        ticket.messages.all().delete()
        ticket.events.all().delete()
        ticket.delete()
    return True


def _due(now: datetime) -> TicketQuerySet:
    """One that others were merged into waits for them to go."""
    kept = values.days("support_visitor_days")
    return Ticket.objects.filter(author=None, status__in=FINISHED, since__lte=now - kept, merged=None)
