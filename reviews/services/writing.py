"""Writing a review, correcting it within a day, and the mentor's one reply."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from bookings.services import end_review
from core import clock
from mentors.services import record_rating
from notifications.services import notify
from reviews.errors import AlreadyReviewed
from reviews.models import Invitation, Review
from reviews.selectors import why_not, why_not_edit, why_not_edit_reply, why_not_reply


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
    review = lock(review)
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
        url=review.get_absolute_url(),
        reference=review.booking.ledger_reference,
        context={"review": review, "author": review.author.get_short_name(), "booking": review.booking},
        now=now,
    )


@transaction.atomic
def reply_to(*, review: Review, text: str, now: datetime | None = None) -> Review:
    """The mentor's one public reply; the same words sent twice are one. Raises AlreadyReplied or ReviewRemoved."""
    moment = now or clock.now()
    review = lock(review)
    if review.reply == text.strip():
        return review
    if refused := why_not_reply(review):
        raise refused
    review.reply, review.replied_at = text.strip(), moment
    review.save(update_fields=["reply", "replied_at"])
    notify(
        recipient=review.author,
        kind="reviews.replied",
        url=review.get_absolute_url(),
        reference=review.booking.ledger_reference,
        context={"review": review, "mentor": review.mentor.get_short_name(), "booking": review.booking},
        now=moment,
    )
    return review


@transaction.atomic
def edit_reply(*, review: Review, text: str, now: datetime | None = None) -> Review:
    """Correct one's reply within the delay of a review."""
    moment = now or clock.now()
    review = lock(review)
    if refused := why_not_edit_reply(review, moment):
        raise refused
    if review.reply != text.strip():
        review.reply, review.reply_edited_at = text.strip(), moment
        review.save(update_fields=["reply", "reply_edited_at"])
    return review


def lock(review: Review) -> Review:
    """The row as it is now. Its state, its words and its mark change under this lock alone."""
    locked = Review.objects.select_for_update(of=("self",)).select_related("author", "mentor", "booking")
    return locked.get(pk=review.pk)
