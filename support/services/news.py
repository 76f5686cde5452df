"""What the person is told (N-60): a member in the product and by e-mail, a visitor at his address."""

from datetime import datetime
from typing import Any

from notifications.services import notify, write_to
from support.models import Ticket
from support.selectors import PREFIX


def tell(ticket: Ticket, name: str, *, now: datetime, **context: Any) -> None:
    kind = f"support.{name}"
    known = {"ticket": ticket, "motive": ticket.motive, **context}
    if ticket.author:
        reference = f"{PREFIX}:{ticket.reference}"
        notify(recipient=ticket.author, kind=kind, url=ticket.address, reference=reference, context=known, now=now)
    else:
        # Nothing a stranger typed reaches the address he typed, but through the secret page.
        write_to(
            address=ticket.visitor_email,
            language=ticket.language,
            kind=kind,
            url=ticket.address,
            context=known,
            now=now,
        )
