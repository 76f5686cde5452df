"""One review per billed session, by its learner, within 30 days (K-17)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mentors.models import MentorProfile
from notifications.models import Email, Notice
from reviews import tasks
from reviews.errors import AlreadyReviewed, EditTooLate, NothingToReview, ReviewTooLate
from reviews.models import Invitation, Review
from reviews.selectors import latest_reviews, reviews_of, tally_of
from reviews.services import edit_review, publish_review
from sessions_video import services as room_services
from tests.sessions_video.conftest import Room, make_member, pass_time

pytestmark = pytest.mark.django_db
DAY = 24 * 3600
WORDS = "Très clair, j’ai enfin compris les filtres."


def publish(room: Room, mark: int = 5) -> Review:
    return publish_review(booking=room.fresh().booking, by=room.learner, mark=mark, comment=WORDS)


def address(room: Room, name: str = "new") -> str:
    return reverse(f"reviews:{name}", args=[room.video_session.booking.reference])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.requirement("SK-98", "SK-99", "SK-100")
def test_a_learner_reviews_a_session_and_everybody_reads_it(session: Room) -> None:
    client = signed_in(session.learner)
    form = client.get(address(session))
    assert form.status_code == 200
    assert "Excellent" in form.content.decode()
    answer = client.post(address(session), {"mark": "4", "comment": WORDS})
    assert answer.status_code == 302
    review = Review.objects.get()
    assert (review.mark, review.comment, review.author) == (4, WORDS, session.learner)
    profile = MentorProfile.objects.get(user=session.mentor)
    assert (profile.rating_sum, profile.rating_count) == (4, 1)
    assert reviews_of(session.mentor) == [review]
    assert tally_of(session.mentor).bars == [(5, 0), (4, 1), (3, 0), (2, 0), (1, 0)]
    assert latest_reviews() == [review]
    assert (review.about, review.author_name, review.at) == (
        session.video_session.booking.subject,
        "Karim",
        review.created_at,
    )
    assert Notice.objects.filter(recipient=session.mentor, kind="reviews.published").count() == 1
    assert Email.objects.filter(kind="reviews.published").count() == 1


def test_a_second_review_is_refused_and_what_was_typed_is_not_counted(session: Room) -> None:
    publish(session)
    with pytest.raises(AlreadyReviewed):
        publish(session, mark=1)
    answer = signed_in(session.learner).post(address(session), {"mark": "1", "comment": WORDS})
    assert answer.status_code == 409
    assert "Vous avez déjà évalué cette session." in answer.content.decode()
    assert MentorProfile.objects.get(user=session.mentor).rating_sum == 5


def test_a_review_is_offered_until_it_is_written(session: Room) -> None:
    client = signed_in(session.learner)
    pages = [session.fresh().booking.get_absolute_url(), reverse("bookings:my_sessions") + "?onglet=passees"]
    pages.append(reverse("sessions_video:proof", args=[session.video_session.booking.reference]))
    offered = [address(session) in client.get(page).content.decode() for page in pages]
    publish(session)
    offered_again = [address(session) in client.get(page).content.decode() for page in pages]
    assert (offered, offered_again) == ([True] * 3, [False] * 3)


def test_a_review_is_no_longer_offered_when_it_is_too_late(session: Room) -> None:
    pass_time(30 * DAY + 60)
    page = signed_in(session.learner).get(session.fresh().booking.get_absolute_url())
    assert address(session) not in page.content.decode()


@pytest.mark.requirement("SK-98")
def test_after_thirty_days_it_is_too_late(session: Room) -> None:
    pass_time(30 * DAY + 60)
    with pytest.raises(ReviewTooLate):
        publish(session)
    assert "Le délai de 30 jours est passé." in signed_in(session.learner).get(address(session)).content.decode()


def test_a_session_within_the_free_time_is_not_reviewed(make_room: Callable[..., Room]) -> None:
    room = make_room()
    room.both_join()
    room.spend(30)
    room_services.ask_end(video_session=room.video_session, by=room.learner)
    room_services.confirm_end(video_session=room.video_session, by=room.mentor)
    with pytest.raises(NothingToReview):
        publish(room)
    assert not Invitation.objects.exists()
    assert signed_in(room.learner).post(address(room), {"mark": "5", "comment": WORDS}).status_code == 409


def test_a_review_is_changed_within_a_day_only(session: Room) -> None:
    review = publish(session, mark=2)
    client = signed_in(session.learner)
    assert client.get(address(session, "edit")).status_code == 200
    assert client.post(address(session, "edit"), {"mark": "4", "comment": "Mieux après coup."}).status_code == 302
    review.refresh_from_db()
    assert (review.mark, review.edited_at is not None) == (4, True)
    profile = MentorProfile.objects.get(user=session.mentor)
    assert (profile.rating_sum, profile.rating_count) == (4, 1)
    pass_time(DAY + 60)
    with pytest.raises(EditTooLate):
        edit_review(review=review, mark=1, comment=WORDS)
    assert client.post(address(session, "edit"), {"mark": "1", "comment": WORDS}).status_code == 302
    assert Review.objects.get().mark == 4


def test_saving_the_same_words_again_changes_nothing(session: Room) -> None:
    review = publish(session, mark=2)
    assert edit_review(review=review, mark=2, comment=WORDS).edited_at is None


@pytest.mark.parametrize("name", ["new", "edit"])
def test_only_the_learner_finds_the_form(session: Room, name: str) -> None:
    publish(session)
    assert signed_in(session.mentor).get(address(session, name)).status_code == 404
    assert signed_in(make_member("Nadia")).get(address(session, name)).status_code == 404
    visitor = Client().get(address(session, name))
    assert visitor.status_code == 302
    assert "/connexion/" in visitor["Location"]
    assert signed_in(session.learner).put(address(session, name)).status_code == 405


def test_there_is_nothing_to_edit_before_a_review(session: Room) -> None:
    assert signed_in(session.learner).get(address(session, "edit")).status_code == 404


@pytest.mark.parametrize("typed", [{}, {"mark": "6", "comment": WORDS}, {"mark": "0", "comment": WORDS}, {"mark": "5"}])
def test_an_incomplete_form_keeps_what_was_typed(session: Room, typed: dict[str, str]) -> None:
    answer = signed_in(session.learner).post(address(session), typed)
    assert answer.status_code == 200
    assert not Review.objects.exists()
    if "comment" in typed:
        assert WORDS in answer.content.decode()


@pytest.mark.requirement("SK-98")
def test_the_learner_is_asked_once_and_reminded_once(session: Room) -> None:
    tasks.sweep_invitations()
    assert not Notice.objects.filter(kind__startswith="reviews.").exists()
    pass_time(4 * 3600)
    for _ in range(2):
        tasks.sweep_invitations()
    assert Notice.objects.filter(recipient=session.learner, kind="reviews.invitation").count() == 1
    for _ in range(3):
        pass_time(8 * DAY)
        tasks.sweep_invitations()
    assert Notice.objects.filter(recipient=session.learner, kind="reviews.reminder").count() == 1
    assert Email.objects.filter(kind="reviews.reminder").count() == 1
    assert Invitation.objects.get().sent == 2


def test_nobody_is_reminded_after_writing(session: Room) -> None:
    publish(session)
    pass_time(8 * DAY)
    tasks.sweep_invitations()
    assert not Notice.objects.filter(recipient=session.learner, kind__startswith="reviews.").exists()


@pytest.mark.parametrize("change", [{"mark": 6}, {"mark": 0}, {"comment": ""}])
def test_the_database_refuses(session: Room, change: dict[str, object]) -> None:
    review = publish(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(**change)


def test_a_list_of_reviews_costs_one_query(session: Room, django_assert_num_queries: Callable[[int], object]) -> None:
    publish(session)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        for review in reviews_of(session.mentor):
            assert review.author.page.slug
            assert review.about
