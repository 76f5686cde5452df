"""The life of a request to the team. The map is printed in docs/architecture.md; only `_move` writes a status."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketStatus(models.TextChoices):
    """In the words the person reads."""

    RECEIVED = "received", _("Reçue")
    OPEN = "open", _("En cours")
    WAITING = "waiting", _("Réponse attendue de vous")
    RESOLVED = "resolved", _("Résolue")
    MERGED = "merged", _("Réunie à une autre demande")


TICKET_ALLOWED: dict[str, frozenset[str]] = {
    TicketStatus.RECEIVED: frozenset(
        {TicketStatus.OPEN, TicketStatus.WAITING, TicketStatus.RESOLVED, TicketStatus.MERGED}
    ),
    TicketStatus.OPEN: frozenset({TicketStatus.WAITING, TicketStatus.RESOLVED, TicketStatus.MERGED}),
    TicketStatus.WAITING: frozenset({TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.MERGED}),
    # Reopened by the person, within some days.
    TicketStatus.RESOLVED: frozenset({TicketStatus.OPEN}),
    TicketStatus.MERGED: frozenset(),
}

# The team owes the next word.
QUEUED = frozenset({TicketStatus.RECEIVED, TicketStatus.OPEN})
LIVE = QUEUED | {TicketStatus.WAITING}
FINISHED = frozenset({TicketStatus.RESOLVED, TicketStatus.MERGED})
