"""Header, bottom bar and footer around every page."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import create_page
from core import clock
from core.clock import ShiftedClock, get_clock
from tests import people
from tests.bookings.making import confirmed

pytestmark = pytest.mark.django_db

HELP = "pages:help"


@pytest.fixture
def member() -> User:
    user = User.objects.create_user("lea@example.org", "secret-secret", first_name="Léa", last_name="Martin")
    create_page(user=user)
    return user


def test_a_visitor_is_offered_to_come_in(client: Client) -> None:
    html = client.get(reverse(HELP)).content.decode()
    assert reverse("account_login") in html
    assert reverse("account_signup") in html
    assert "Mon compte" not in html


@pytest.mark.requirement("SK-81")
def test_a_day_without_session_says_so_in_the_video_menu(client: Client, member: User) -> None:
    client.force_login(member)
    html = client.get(reverse(HELP)).content.decode()
    assert "Pas de session aujourd’hui." in html
    assert reverse("bookings:my_sessions") in html


@pytest.mark.requirement("SK-81", "SK-82")
def test_the_sessions_of_the_day_lead_from_the_video_menu_to_their_room(client: Client) -> None:
    mentor, learner = people.mentor("Claire", "Roux"), people.member("Karim", "Benali")
    people.skill_of(mentor)
    tomorrow = clock.now().astimezone(ZoneInfo("Europe/Paris")).date() + timedelta(days=1)
    booking = confirmed(learner, mentor, now=clock.now(), day=tomorrow, at=time(14, 0))
    room = reverse("sessions_video:room", args=[booking.reference])
    client.force_login(learner)
    assert room not in client.get(reverse(HELP)).content.decode()

    morning = datetime.combine(tomorrow, time(0, 1), ZoneInfo("Europe/Paris"))
    shifted = get_clock()
    assert isinstance(shifted, ShiftedClock)
    shifted.advance(morning - clock.now())
    for person in (learner, mentor):
        client.force_login(person)
        html = client.get(reverse(HELP)).content.decode()
        assert room in html
        assert "Pas de session aujourd’hui." not in html
    client.logout()
    assert room not in client.get(reverse(HELP)).content.decode()


def test_a_member_reaches_his_account_and_can_leave(client: Client, member: User) -> None:
    client.force_login(member)
    html = client.get(reverse(HELP)).content.decode()
    assert "Mon compte, Léa Martin" in html
    assert f'action="{reverse("account_logout")}"' in html
    assert reverse("admin:index") not in html


def test_the_team_sees_its_door(client: Client, member: User) -> None:
    member.is_staff = True
    member.save(update_fields=["is_staff"])
    client.force_login(member)
    assert reverse("admin:index") in client.get(reverse(HELP)).content.decode()


def test_the_frame_of_a_page_costs_a_visitor_nothing(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get(reverse("account_login"))


def test_the_frame_of_a_page_costs_a_member_few_queries(
    client: Client, member: User, django_assert_max_num_queries: object
) -> None:
    client.force_login(member)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        client.get(reverse("account_change_password"))


def test_the_current_page_is_marked(client: Client) -> None:
    html = client.get(reverse(HELP)).content.decode()
    assert html.count('aria-current="page"') == 2
