"""Reviews as pages show them."""

from datetime import datetime

from django.db.models import Count
from django.http import Http404

from accounts.models import User
from billing.models import Settlement
from bookings.models import Booking
from bookings.selectors import get_booking_for
from core import clock, values
from reviews.errors import AlreadyReviewed, EditTooLate, NothingToReview, ReviewError, ReviewTooLate
from reviews.models import Mark, Review

LIST_LENGTH = 20


def get_booking_to_review(user: User, reference: str) -> Booking:
    """A booking of theirs, for the learner only: the mentor and strangers get a 404."""
    booking = get_booking_for(user, reference)
    if booking.learner_id != user.pk:
        raise Http404
    return booking


def get_review_for(user: User, reference: str) -> Review:
    """The learner's own review of this booking."""
    booking = get_booking_to_review(user, reference)
    found = Review.objects.shown().filter(booking=booking).first()
    if found is None:
        raise Http404
    return found


def billed_at(booking: Booking) -> datetime | None:
    """When money was charged for this session; None when nothing was."""
    settlement = Settlement.objects.filter(reference=booking.ledger_reference, charged_cents__gt=0).first()
    return settlement.settled_at if settlement else None


def deadline(booking: Booking) -> datetime | None:
    """Until when a review is taken; None when there is nothing to review."""
    billed = billed_at(booking)
    return billed + values.days("review_days") if billed else None


def why_not(booking: Booking, now: datetime | None = None) -> ReviewError | None:
    """Why this session cannot be reviewed now, or None."""
    if Review.objects.filter(booking=booking).exists():
        return AlreadyReviewed()
    until = deadline(booking)
    if until is None:
        return NothingToReview()
    return ReviewTooLate() if (now or clock.now()) > until else None


def why_not_edit(review: Review, now: datetime | None = None) -> ReviewError | None:
    return EditTooLate() if (now or clock.now()) > review.created_at + values.hours("review_edit_hours") else None


def reviews_of(mentor: User, limit: int = LIST_LENGTH, start: int = 0) -> list[Review]:
    """The newest reviews of a mentor; the order is said on « Règles des avis »."""
    return list(Review.objects.of(mentor).shown()[start : start + limit])


def rating_bars(mentor: User) -> list[tuple[int, int]]:
    """How many reviews gave each mark, from 5 to 1."""
    counted = dict(Review.objects.of(mentor).values_list("mark").annotate(n=Count("pk")))
    return [(int(mark), counted.get(int(mark), 0)) for mark in sorted(Mark, reverse=True)]


def latest_reviews(limit: int = 3) -> list[Review]:
    """The newest reviews of all mentors that are good enough to be told: four or five."""
    return list(Review.objects.shown().filter(mark__gte=Mark.FOUR)[:limit])
