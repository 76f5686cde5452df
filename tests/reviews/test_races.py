"""One review from two tabs; commits are real."""

from functools import partial

from reviews.errors import AlreadyReviewed
from reviews.models import Review
from reviews.services import publish_review
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
