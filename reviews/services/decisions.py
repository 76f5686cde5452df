"""What the team decides about a review (SK-102): each decision has its reason, which the two people read."""

from datetime import datetime

from django.db import transaction

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import User
from accounts.services import record, refuse_decider
from core import clock
from core.errors import IllegalMove
from core.states import check_move
from mentors.services import record_rating, withdraw_rating
from notifications.services import notify
from reviews.errors import NotALegalGround, PassageNotFound
from reviews.models import Review, ReviewEvent
from reviews.rules import find_passage
from reviews.selectors import reading_of, report_of
from reviews.services.reports import answer
from reviews.services.writing import lock
from reviews.states import LAW, REMOVES, REVIEW_ALLOWED, ReportStatus, ReviewStatus, Step


@transaction.atomic
def keep_review(*, review: Review, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Review:
    """Answer the report: the review stays as it is. Its author is not told of it."""
    at = now or clock.now()
    locked = _lock_to_decide(review, Step.KEPT, by=by, reason=reason, seen=seen)
    if locked is None:
        return review
    answer(locked, ReportStatus.KEPT, required=True)
    event = _note(locked, Step.KEPT, came_from=locked.status, ground="", by=by, reason=reason, at=at)
    _tell(locked, locked.mentor, event)
    return locked


@transaction.atomic
def remove_review(
    *, review: Review, by: User, ground: str, reason: str, seen: str = "", now: datetime | None = None
) -> Review:
    """For insult or defamation only (SK-102). The mark no longer counts; both are told why."""
    at = now or clock.now()
    if ground not in REMOVES:
        raise NotALegalGround
    locked = _lock_to_decide(review, Step.REMOVED, by=by, reason=reason, seen=seen)
    if locked is None:
        return review
    _move(locked, to=ReviewStatus.REMOVED)
    withdraw_rating(mentor=locked.mentor, mark=locked.mark)
    event = _note(locked, Step.REMOVED, came_from=ReviewStatus.SHOWN, ground=ground, by=by, reason=reason, at=at)
    answer(locked, ReportStatus.REMOVED)
    _tell_both(locked, event)
    return locked


@transaction.atomic
def mask_passage(
    *, review: Review, by: User, ground: str, passage: str, reason: str, seen: str = "", now: datetime | None = None
) -> Review:
    """Hide some words from everybody but the team; the mark still counts. Raises PassageNotFound."""
    at = now or clock.now()
    locked = _lock_to_decide(review, Step.MASKED, by=by, reason=reason, seen=seen)
    if locked is None:
        return review
    if locked.is_removed:
        raise IllegalMove
    place = find_passage(locked.comment, passage)
    if place is None:
        raise PassageNotFound
    locked.masks = [*locked.masks, [*place, ground]]
    locked.save(update_fields=["masks"])
    event = _note(locked, Step.MASKED, came_from=locked.status, ground=ground, by=by, reason=reason, at=at)
    answer(locked, ReportStatus.MASKED)
    _tell_both(locked, event)
    return locked


@transaction.atomic
def remove_reply(
    *, review: Review, by: User, ground: str, reason: str, seen: str = "", now: datetime | None = None
) -> Review:
    """What the mentor replied is no longer shown, and not written again; the review and its mark stay."""
    at = now or clock.now()
    locked = _lock_to_decide(review, Step.REPLY, by=by, reason=reason, seen=seen)
    if locked is None:
        return review
    if not locked.has_public_reply:
        raise IllegalMove
    locked.reply_removed_at = at
    locked.save(update_fields=["reply_removed_at"])
    event = _note(locked, Step.REPLY, came_from=locked.status, ground=ground, by=by, reason=reason, at=at)
    _tell_both(locked, event)
    return locked


@transaction.atomic
def restore_review(*, review: Review, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Review:
    """The author contested, and was right: the review is shown and counted again."""
    at = now or clock.now()
    locked = _lock_to_decide(review, Step.RESTORED, by=by, reason=reason, seen=seen)
    if locked is None:
        return review
    _move(locked, to=ReviewStatus.SHOWN)
    record_rating(mentor=locked.mentor, mark=locked.mark)
    event = _note(locked, Step.RESTORED, came_from=ReviewStatus.REMOVED, ground="", by=by, reason=reason, at=at)
    _tell_both(locked, event)
    return locked


def _lock_to_decide(review: Review, step: Step, *, by: User, reason: str, seen: str) -> Review | None:
    """The review, when `by` may decide so now; None when he has just done it: sent twice is once."""
    locked = lock(review)
    refuse_decider(by=by, reason=reason, concerned=(locked.author_id, locked.mentor_id))
    last = locked.events.select_related("actor").first()
    if last and (last.step, last.actor_id, last.reason) == (step, by.pk, reason.strip()):
        return None
    if last and last.actor_id != by.pk and not _is_open_to(locked, step):
        raise AlreadyDecided(who=last.actor.get_full_name(), decision=last.get_step_display(), at=last.at)
    if seen and seen != reading_of(locked):
        raise ReadAgain
    return locked


def _is_open_to(review: Review, step: Step) -> bool:
    if step == Step.KEPT:
        report = report_of(review)
        return bool(report and report.is_waiting)
    if step == Step.REPLY:
        return review.has_public_reply
    return review.is_removed == (step == Step.RESTORED)


def _move(review: Review, *, to: str) -> None:
    """The only writer of `status`."""
    check_move(REVIEW_ALLOWED, review.status, to)
    review.status = to
    review.save(update_fields=["status"])


def _note(
    review: Review, step: Step, *, came_from: str, ground: str, by: User, reason: str, at: datetime
) -> ReviewEvent:
    words = reason.strip()
    record(actor=by, action=f"reviews.{step}", reference=f"review:{review.reference}", reason=words, now=at)
    return ReviewEvent.objects.create(
        review=review,
        step=step,
        from_status=came_from,
        to_status=review.status,
        ground=ground,
        actor=by,
        reason=words,
        at=at,
    )


def _tell_both(review: Review, event: ReviewEvent) -> None:
    _tell(review, review.author, event)
    _tell(review, review.mentor, event)


def _tell(review: Review, recipient: User, event: ReviewEvent) -> None:
    notify(
        recipient=recipient,
        kind="reviews.decided",
        url=review.get_absolute_url(),
        reference=review.booking.ledger_reference,
        context={
            "review": review,
            "booking": review.booking,
            "event": event,
            "law": LAW.get(event.ground, ""),
            "is_author": recipient.pk == review.author_id,
        },
        now=event.at,
    )
