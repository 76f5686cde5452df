"""The mentor's one public reply, and the page of a review for its two people (K-17)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Email, Notice
from reviews.errors import AlreadyReplied, NoReplyYet, ReplyEditTooLate
from reviews.models import Review
from reviews.services import edit_reply, publish_review, reply_to
from tests.sessions_video.conftest import Room, make_member, pass_time

pytestmark = pytest.mark.django_db
DAY = 24 * 3600
THANKS = "Merci, j’ai noté pour les exercices."


@pytest.fixture
def review(session: Room) -> Review:
    return publish_review(booking=session.fresh().booking, by=session.learner, mark=3, comment="Un peu rapide.")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(review: Review, name: str) -> str:
    return reverse(f"reviews:{name}", args=[review.reference])


@pytest.mark.requirement("K-17")
def test_the_mentor_replies_once_and_everybody_reads_it(session: Room, review: Review) -> None:
    client = signed_in(session.mentor)
    assert client.get(address(review, "reply")).status_code == 200
    assert client.post(address(review, "reply"), {"text": THANKS}).status_code == 302
    profile = Client().get(session.mentor.page.get_absolute_url()).content.decode()
    assert THANKS in profile
    assert f"{session.mentor.get_short_name()} a répondu" in profile
    assert Notice.objects.filter(recipient=session.learner, kind="reviews.replied").count() == 1
    assert Email.objects.filter(kind="reviews.replied").count() == 1
    again = client.post(address(review, "reply"), {"text": "Autre chose."})
    assert again.status_code == 409
    assert "Une seule réponse est possible" in again.content.decode()
    assert Review.objects.get().reply == THANKS


def test_the_same_reply_sent_twice_tells_the_learner_once(session: Room, review: Review) -> None:
    first = reply_to(review=review, text=THANKS)
    assert reply_to(review=review, text=f" {THANKS} ").replied_at == first.replied_at
    assert Notice.objects.filter(kind="reviews.replied").count() == 1
    with pytest.raises(AlreadyReplied):
        reply_to(review=review, text="Autre chose.")


@pytest.mark.requirement("K-17")
def test_a_reply_is_changed_within_a_day_only(session: Room, review: Review) -> None:
    with pytest.raises(NoReplyYet):
        edit_reply(review=review, text=THANKS)
    reply_to(review=review, text="Merci")
    client = signed_in(session.mentor)
    assert client.post(address(review, "edit_reply"), {"text": THANKS}).status_code == 302
    review.refresh_from_db()
    assert (review.reply, review.reply_edited_at is not None) == (THANKS, True)
    pass_time(DAY + 60)
    with pytest.raises(ReplyEditTooLate):
        edit_reply(review=review, text="Trop tard")
    assert client.post(address(review, "edit_reply"), {"text": "Trop tard"}).status_code == 409
    assert Review.objects.get().reply == THANKS


def test_an_empty_reply_keeps_the_form_open(session: Room, review: Review) -> None:
    assert signed_in(session.mentor).post(address(review, "reply"), {"text": " "}).status_code == 200
    assert Review.objects.get().replied_at is None


@pytest.mark.parametrize("name", ["reply", "edit_reply", "report"])
def test_only_the_mentor_answers(session: Room, review: Review, name: str) -> None:
    for person in (session.learner, make_member("Nadia")):
        assert signed_in(person).get(address(review, name)).status_code == 404
        assert signed_in(person).post(address(review, name), {"text": THANKS}).status_code == 404
    assert Client().get(address(review, name)).status_code == 302
    assert Review.objects.get().reply == ""


def test_each_of_the_two_finds_what_he_may_do(session: Room, review: Review) -> None:
    booking = session.fresh().booking
    page = address(review, "detail")
    for person in (session.learner, session.mentor):
        for place in (booking.get_absolute_url(), reverse("sessions_video:proof", args=[booking.reference])):
            assert page in signed_in(person).get(place).content.decode()
    of_learner = signed_in(session.learner).get(page).content.decode()
    of_mentor = signed_in(session.mentor).get(page).content.decode()
    assert "Modifier mon avis" in of_learner
    assert address(review, "report") not in of_learner
    assert "Modifier mon avis" not in of_mentor
    assert address(review, "reply") in of_mentor
    assert address(review, "report") in of_mentor
    own = signed_in(session.mentor).get(session.mentor.page.get_absolute_url()).content.decode()
    assert page in own
    assert page not in Client().get(session.mentor.page.get_absolute_url()).content.decode()


def test_the_date_of_the_session_stands_beside_the_date_of_the_review(session: Room, review: Review) -> None:
    profile = Client().get(session.mentor.page.get_absolute_url()).content.decode()
    assert "session du" in profile
    assert "avis du" in profile
