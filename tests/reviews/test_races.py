"""One review from two tabs, and what two people do to it at once; commits are real."""

from functools import partial

from accounts.models import User
from notifications.models import Notice
from reviews.errors import AlreadyReviewed, ReviewRemoved
from reviews.models import Review, ReviewReport
from reviews.services import edit_review, publish_review, remove_review, reply_to, report_review
from tests.databases import in_threads
from tests.sessions_video.conftest import at_local_hour, build_room, cloned_database, hold_session

__all__ = ["cloned_database"]


def test_a_review_sent_twice_at_once_counts_once(cloned_database: str) -> None:
    at_local_hour(9)
    room = hold_session(build_room())
    booking = room.fresh().booking
    send = partial(publish_review, booking=booking, by=room.learner, mark=5, comment="Clair et patient.")
    results = in_threads(*[send] * 4)
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 3
    assert all(isinstance(result, AlreadyReviewed) for result in refused)
    assert Review.objects.count() == 1
    room.mentor.mentor_profile.refresh_from_db()
    assert (room.mentor.mentor_profile.rating_sum, room.mentor.mentor_profile.rating_count) == (5, 1)


def _published() -> tuple[Review, User]:
    at_local_hour(9)
    room = hold_session(build_room())
    review = publish_review(booking=room.fresh().booking, by=room.learner, mark=4, comment="Un escroc.")
    return review, User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi")


def _mean(review: Review) -> tuple[int, int]:
    review.mentor.mentor_profile.refresh_from_db()
    return review.mentor.mentor_profile.rating_sum, review.mentor.mentor_profile.rating_count


def test_a_review_changed_while_it_is_removed_counts_nothing(cloned_database: str) -> None:
    review, team = _published()
    change = partial(edit_review, review=review, mark=1, comment="Pire.")
    removal = partial(remove_review, review=review, by=team, ground="insult", reason="Un mot outrageant.")
    results = in_threads(change, removal, change, removal)
    assert all(isinstance(result, Review | ReviewRemoved) for result in results), results
    assert Review.objects.get().is_removed
    assert _mean(review) == (0, 0)


def test_two_replies_at_once_are_one(cloned_database: str) -> None:
    review, _team = _published()
    results = in_threads(*[partial(reply_to, review=review, text=f"Merci {number}") for number in range(4)])
    assert sorted(type(result).__name__ for result in results) == [*["AlreadyReplied"] * 3, "Review"]
    assert Notice.objects.filter(kind="reviews.replied").count() == 1


def test_two_reports_at_once_are_one(cloned_database: str) -> None:
    review, _team = _published()
    send = partial(report_review, review=review, by=review.mentor, ground="insult", passage="escroc", words="Faux.")
    results = in_threads(*[send] * 4)
    assert all(isinstance(result, ReviewReport) for result in results), results
    assert ReviewReport.objects.count() == 1


def test_of_two_decisions_at_once_one_counts(cloned_database: str) -> None:
    review, team = _published()
    other = User.objects.create_superuser("autre@example.org", "sesame-ouvre-toi")
    results = in_threads(
        *[partial(remove_review, review=review, by=by, ground="insult", reason="Mot.") for by in (team, other)]
    )
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDecided", "Review"]
    assert _mean(review) == (0, 0)
