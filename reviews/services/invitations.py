"""Asking for a review, and reminding once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from bookings.models import Booking
from core import clock
from notifications.services import notify
from reviews.models import Invitation
from reviews.selectors import billed_at, why_not

FIRST_AFTER = timedelta(hours=3)
REMINDER_AFTER = timedelta(days=7)


def invite(*, booking: Booking, now: datetime | None = None) -> Invitation | None:
    """Plan the invitation of a session that was just billed; None when there is nothing to review."""
    billed = billed_at(booking)
    if billed is None:
        return None
    invitation, _ = Invitation.objects.get_or_create(
        booking=booking, defaults={"next_at": (now or clock.now()) + FIRST_AFTER}
    )
    return invitation


def due_invitations(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Invitation.objects.due(now or clock.now()).order_by("next_at")
    return list(due.values_list("pk", flat=True)[:limit])


@transaction.atomic
def send_invitation(*, invitation_id: int, now: datetime | None = None) -> bool:
    """Ask once, remind once. False if nothing was sent, or another worker has it."""
    moment = now or clock.now()
    invitation = (
        Invitation.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("booking__learner", "booking__mentor")
        .filter(pk=invitation_id, next_at__lte=moment)
        .first()
    )
    if invitation is None:
        return False
    open_still = why_not(invitation.booking, moment) is None
    invitation.next_at = moment + REMINDER_AFTER if open_still and invitation.sent == 0 else None
    if open_still:
        invitation.sent += 1
        _ask(invitation, moment)
    invitation.save(update_fields=["next_at", "sent"])
    return open_still


def _ask(invitation: Invitation, now: datetime) -> None:
    booking = invitation.booking
    notify(
        recipient=booking.learner,
        kind="reviews.invitation" if invitation.sent == 1 else "reviews.reminder",
        url=reverse("reviews:new", args=[booking.reference]),
        reference=booking.ledger_reference,
        context={"booking": booking, "mentor": booking.mentor.get_short_name()},
        now=now,
    )
