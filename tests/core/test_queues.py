"""What waits for the team: every registration, and what the home of the team says of it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.board import waiting_for
from accounts.models import User
from core import clock, queues, values
from core.known_values import KNOWN
from mentors.models import MentorProfile
from mentors.states import MentorStatus
from notifications.models import Email
from reviews.services import publish_review, report_review
from reviews.states import Ground
from tests.sessions_video.conftest import Room, hold_session, make_room, morning, pass_time

__all__ = ["make_room", "morning"]

pytestmark = pytest.mark.django_db
HOUR = 3600


def member_of_the_team(*permissions: str) -> User:
    user = User.objects.create_user("sylvie@example.org", "sesame-ouvre-toi", first_name="Sylvie", is_staff=True)
    for each in permissions:
        app, codename = each.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def home_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("pages:team")).content.decode()


def test_every_registration_is_sound() -> None:
    """One line per queue here: a new one says itself."""
    known = queues.registered()
    assert {"mentors", "trainings", "names", "message_reports", "reviews", "disputes", "corrections", "cases"} <= set(
        known
    )
    assert {"payouts", "books", "emails"} <= set(queues.all_watched())
    for queue in known.values():
        assert queue.label
        app, codename = queue.permission.split(".")
        assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists(), queue.permission
        assert list(queue.rows()) == []
        assert reverse(f"{queue.page}_changelist")
        assert reverse(f"{queue.page}_change", args=[1])
        assert bool(queue.target) != bool(queue.due)
        if queue.target:
            assert queue.target in values.DEFAULTS
            assert queue.target in KNOWN
    for watched in queues.all_watched().values():
        assert watched.count() == 0
        assert watched.url


def test_a_queue_says_how_much_waits_since_when_and_what_is_late(make_room: Callable[..., Room]) -> None:
    room = hold_session(make_room())
    review = publish_review(booking=room.fresh().booking, by=room.learner, mark=1, comment="Un escroc.")
    report_review(review=review, by=room.mentor, ground=Ground.INSULT, passage="escroc", words="Faux.")
    team = member_of_the_team("reviews.view_review", "mentors.view_mentorprofile")
    assert [(each.queue.name, each.count, each.late) for each in waiting_for(team)] == [
        ("reviews", 1, 0),
        ("mentors", 0, 0),
    ]
    page = home_of(team)
    assert reverse("admin:reviews_review_change", args=[review.pk]) in page
    assert "en retard" not in page
    pass_time(73 * HOUR)
    late = waiting_for(team)[0]
    assert (late.late, late.age) == (1, "3 j 1 h")
    assert "1 en retard" in home_of(team)


def test_late_queues_come_first(claire: User, make_room: Callable[..., Room]) -> None:
    old = clock.now()
    MentorProfile.objects.filter(user=claire).update(status=MentorStatus.SUBMITTED, submitted_at=old)
    pass_time(48 * HOUR)
    room = hold_session(make_room())
    review = publish_review(booking=room.fresh().booking, by=room.learner, mark=1, comment="Un escroc.")
    report_review(review=review, by=room.mentor, ground=Ground.INSULT, passage="escroc", words="Faux.")
    team = member_of_the_team("reviews.view_review", "mentors.view_mentorprofile", "catalog.view_training")
    assert [each.queue.name for each in waiting_for(team)] == ["mentors", "reviews", "trainings"]


def test_only_the_queues_of_ones_roles_are_told() -> None:
    team = member_of_the_team("reviews.view_review")
    assert [each.queue.name for each in waiting_for(team)] == ["reviews"]
    page = home_of(team)
    assert "Demandes de mentors" not in page
    assert "À surveiller" not in page


def test_what_is_watched_is_counted_and_leads_to_its_page() -> None:
    Email.objects.create(
        kind="x", message_id="<1@x>", to="a@example.org", subject="x", created_at=clock.now(), last_error="refused"
    )
    page = home_of(member_of_the_team("notifications.view_email"))
    assert reverse("admin:notifications_email_changelist") in page


def test_the_home_of_the_team_does_not_exist_for_others(karim: User) -> None:
    client = Client()
    assert client.get(reverse("pages:team")).status_code == 302
    client.force_login(karim)
    assert client.get(reverse("pages:team")).status_code == 404
