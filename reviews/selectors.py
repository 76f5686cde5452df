"""Reviews as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404

from accounts.models import User
from billing.models import Settlement
from bookings.models import Booking
from bookings.selectors import get_booking_for
from core import clock, values
from core.identifiers import fingerprint
from core.prepared import Prepared
from reviews.errors import (
    AlreadyReplied,
    AlreadyReported,
    AlreadyReviewed,
    EditTooLate,
    NoReplyYet,
    NothingToReview,
    ReplyEditTooLate,
    ReplyRemoved,
    ReviewError,
    ReviewMasked,
    ReviewRemoved,
    ReviewTooLate,
)
from reviews.models import Mark, Review, ReviewEvent, ReviewReport
from reviews.states import ReportStatus, ReviewStatus, Step

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
    found = Review.objects.drawn().filter(booking=booking).first()
    if found is None:
        raise Http404
    return found


def get_review_of_party(user: User, reference: str) -> Review:
    """A review by its own name, for the learner who wrote it and the mentor it is about."""
    found = Review.objects.drawn().filter(Q(author=user) | Q(mentor=user), reference=reference).first()
    if found is None:
        raise Http404
    return found


def get_review_received(user: User, reference: str) -> Review:
    """For the mentor only."""
    review = get_review_of_party(user, reference)
    if review.mentor_id != user.pk:
        raise Http404
    return review


def report_of(review: Review) -> ReviewReport | None:
    return ReviewReport.objects.filter(review=review).first()


def decision_about(review: Review) -> ReviewEvent | None:
    """What the team did last to the text, for its two people: a review that was kept is not one's affair."""
    return review.events.exclude(step=Step.KEPT).first()


def billed_at(booking: Booking) -> datetime | None:
    """When money was charged for this session; None when nothing was, or when it was not held (K-17)."""
    if booking.was_never_held:
        return None
    settlement = Settlement.objects.filter(reference=booking.ledger_reference, charged_cents__gt=0).first()
    return settlement.settled_at if settlement else None


def deadline(booking: Booking) -> datetime | None:
    """Until when a review is taken; None when there is nothing to review."""
    billed = billed_at(booking)
    return billed + values.days("review_days") if billed else None


def why_not(booking: Booking, now: datetime | None = None) -> ReviewError | None:
    """Why this session cannot be reviewed now, or None."""
    if written := Review.objects.filter(booking=booking).first():
        return ReviewRemoved() if written.is_removed else AlreadyReviewed()
    until = deadline(booking)
    if until is None:
        return NothingToReview()
    return ReviewTooLate() if (now or clock.now()) > until else None


def why_not_edit(review: Review, now: datetime | None = None) -> ReviewError | None:
    if review.is_removed:
        return ReviewRemoved()
    if review.masks:
        return ReviewMasked()
    return EditTooLate() if _is_over(review.created_at, now) else None


def _is_over(since: datetime, now: datetime | None) -> bool:
    return (now or clock.now()) > since + values.hours("review_edit_hours")


def why_not_reply(review: Review) -> ReviewError | None:
    if review.is_removed:
        return ReviewRemoved()
    return AlreadyReplied() if review.reply else None


def why_not_edit_reply(review: Review, now: datetime | None = None) -> ReviewError | None:
    if review.is_removed:
        return ReviewRemoved()
    if review.replied_at is None:
        return NoReplyYet()
    if review.reply_removed_at:
        return ReplyRemoved()
    return ReplyEditTooLate() if _is_over(review.replied_at, now) else None


def why_not_report(review: Review) -> ReviewError | None:
    if ReviewReport.objects.filter(review=review).exists():
        return AlreadyReported()
    return ReviewRemoved() if review.is_removed else None


@Prepared
def _shown(mentor: int) -> QuerySet[Review]:
    return Review.objects.of(User(pk=mentor)).shown()


def reviews_of(mentor: User, limit: int = LIST_LENGTH, start: int = 0) -> list[Review]:
    """The newest reviews of a mentor; the order is said on « Règles des avis »."""
    return _shown.rows(mentor.pk, start=start, limit=limit)


@dataclass(frozen=True)
class Tally:
    """What stands beside the mean: how many reviews gave each mark, from 5 to 1, and how many the team removed."""

    bars: list[tuple[int, int]]
    removed: int


@Prepared
def _counted(mentor: int) -> QuerySet[Review, tuple[str, int, int]]:
    return Review.objects.of(User(pk=mentor)).values_list("status", "mark").annotate(n=Count("pk"))


def tally_of(mentor: User) -> Tally:
    numbers = {(status, mark): number for status, mark, number in _counted.rows(mentor.pk)}
    return Tally(
        bars=[(int(mark), numbers.get((ReviewStatus.SHOWN, mark), 0)) for mark in sorted(Mark, reverse=True)],
        removed=sum(number for (status, _mark), number in numbers.items() if status == ReviewStatus.REMOVED),
    )


@Prepared
def _good_reviews() -> QuerySet[Review]:
    return Review.objects.shown().filter(mark__gte=Mark.FOUR)


def latest_reviews(limit: int = 3) -> list[Review]:
    """The newest reviews of all mentors that are good enough to be told: four or five."""
    return _good_reviews.rows(limit=limit)


def reported() -> QuerySet[Review]:
    """Reviews whose report waits for the team, oldest first."""
    waiting = Review.objects.drawn().filter(report__status=ReportStatus.WAITING).select_related("report__author")
    return waiting.annotate(waiting_since=F("report__created_at")).order_by("report__created_at", "pk")


def reading_of(review: Review) -> str:
    """Changes as soon as what the team reads does."""
    report = report_of(review)
    return fingerprint(
        review.status,
        review.mark,
        review.comment,
        review.masks,
        review.public_reply,
        report and (report.pk, report.status),
    )
