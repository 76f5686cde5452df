"""The mentor shows a review to the team (SK-101). It stays shown until somebody decides."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import clock
from core.states import check_move
from notifications.services import notify
from reviews.errors import NothingReported, PassageNotFound
from reviews.models import Review, ReviewReport
from reviews.rules import find_passage
from reviews.selectors import report_of, why_not_report
from reviews.services.writing import lock
from reviews.states import REPORT_ALLOWED


@transaction.atomic
def report_review(
    *, review: Review, by: User, ground: str, passage: str, words: str, now: datetime | None = None
) -> ReviewReport:
    """Once per review, which stays shown. The same words sent twice are one report. Raises AlreadyReported."""
    moment = now or clock.now()
    review = lock(review)
    given = {"ground": ground, "passage": passage.strip(), "words": words.strip()}
    if same := ReviewReport.objects.filter(review=review, author=by, **given).first():
        return same
    if refused := why_not_report(review):
        raise refused
    if find_passage(review.comment, passage) is None:
        raise PassageNotFound
    report = ReviewReport.objects.create(review=review, author=by, created_at=moment, **given)
    notify(
        recipient=by,
        kind="reviews.report_received",
        url=review.get_absolute_url(),
        reference=review.booking.ledger_reference,
        context={"review": review, "report": report, "booking": review.booking},
        now=moment,
    )
    return report


def answer(review: Review, outcome: str, *, required: bool = False) -> None:
    """End the report that waits, if there is one. Called under the lock of the review."""
    report = report_of(review)
    if report and report.is_waiting:
        _move(report, to=outcome)
    elif required:
        raise NothingReported


def _move(report: ReviewReport, *, to: str) -> None:
    """The only writer of `status`."""
    check_move(REPORT_ALLOWED, report.status, to)
    report.status = to
    report.save(update_fields=["status"])
