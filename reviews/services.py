"""Writing a review, and asking for one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from bookings.services import end_review
from core import clock
from mentors.services import record_rating
from notifications.services import notify
from reviews.errors import AlreadyReviewed
from reviews.models import Invitation, Review
from reviews.selectors import billed_at, why_not, why_not_edit

FIRST_AFTER = timedelta(hours=3)
REMINDER_AFTER = timedelta(days=7)


@transaction.atomic
def publish_review(*, booking: Booking, by: User, mark: int, comment: str, now: datetime | None = None) -> Review:
    """Publish the learner's review at once. Raises AlreadyReviewed, NothingToReview or ReviewTooLate."""
    moment = now or clock.now()
    booking = Booking.objects.select_for_update(of=("self",)).select_related("learner", "mentor").get(pk=booking.pk)
    if refused := why_not(booking, moment):
        raise refused
    review, created = Review.objects.get_or_create(
        booking=booking,
        defaults={
            "author": by,
            "mentor": booking.mentor,
            "mark": mark,
            "comment": comment.strip(),
            "created_at": moment,
        },
    )
    if not created:
        raise AlreadyReviewed
    record_rating(mentor=booking.mentor, mark=mark)
    end_review(booking=booking)
    Invitation.objects.filter(booking=booking).update(next_at=None)
    _tell_mentor(review, moment)
    return review


@transaction.atomic
def edit_review(*, review: Review, mark: int, comment: str, now: datetime | None = None) -> Review:
    """Change one's own review within a day. The mentor's mean follows."""
    moment = now or clock.now()
    review = Review.objects.select_for_update(of=("self",)).select_related("mentor", "booking").get(pk=review.pk)
    if refused := why_not_edit(review, moment):
        raise refused
    if (review.mark, review.comment) == (mark, comment.strip()):
        return review
    record_rating(mentor=review.mentor, mark=mark, previous=review.mark)
    review.mark, review.comment, review.edited_at = mark, comment.strip(), moment
    review.save(update_fields=["mark", "comment", "edited_at"])
    return review


def _tell_mentor(review: Review, now: datetime) -> None:
    notify(
        recipient=review.mentor,
        kind="reviews.published",
        url=f"{review.mentor.page.get_absolute_url()}#avis",
        reference=review.booking.ledger_reference,
        context={"review": review, "author": review.author.get_short_name(), "booking": review.booking},
        now=now,
    )


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
    due = Invitation.objects.filter(next_at__lte=now or clock.now()).order_by("next_at")
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
