"""Telling both people where a case stands: a card in their thread, and a notice each (N-20, N-21)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.services import thread_of
from cases.models import Case
from cases.selectors import PREFIX
from messaging.services import post_card
from notifications.services import notify


def post(case: Case, event: str, *, author: User | None = None, now: datetime, **data: Any) -> None:
    post_card(
        thread=thread_of(case.booking, now),
        kind=PREFIX,
        reference=f"{PREFIX}:{case.reference}",
        data={"event": event, **data},
        author=author,
        now=now,
    )


def tell(case: Case, kind: str, recipients: Iterable[User], *, now: datetime, **context: Any) -> None:
    booking = case.booking
    for recipient in recipients:
        notify(
            recipient=recipient,
            kind=f"cases.{kind}",
            url=case.get_absolute_url(),
            reference=f"{PREFIX}:{case.reference}",
            context={
                "case": case,
                "booking": booking,
                "other": booking.other(recipient),
                "is_learner": recipient.pk == booking.learner_id,
                **context,
            },
            now=now,
        )


def both(case: Case) -> tuple[User, User]:
    return case.booking.learner, case.booking.mentor
