"""The test page for anybody, its two minutes of the relay, and the socket that echoes."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from bookings import services as booking_services
from notifications.models import Email
from sessions_video import checking, echo
from sessions_video.routing import websocket_urlpatterns
from tests.sessions_video.conftest import Room, make_member, pass_time

pytestmark = pytest.mark.django_db
PAGE, RELAY = "/salle/test/", "/salle/test/ice/"


@pytest.fixture(autouse=True)
def _nobody_asked_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def relay(settings: Settings) -> None:
    settings.STUN_URLS = ["stun:relay.example:3478"]
    settings.TURN_URLS = ["turn:relay.example:3478?transport=udp", "turns:relay.example:443?transport=tcp"]
    settings.TURN_SECRET = "secret"


@pytest.mark.requirement("SK-78", "SK-79", "SK-80", "SK-83")
def test_anybody_tests_his_equipment_on_any_day() -> None:
    member = Client()
    member.force_login(make_member("Karim"))
    for client in (Client(), member):
        page = client.get(PAGE)
        assert page.status_code == 200
        text = page.content.decode()
        assert "webcam et un casque avec micro" in text
        assert "Chrome ou de Firefox" in text
        assert "la session a besoin des deux" in text
        for check in ("permission", "camera", "microphone", "recording", "speaker", "server", "relay", "sharing"):
            assert f'data-check="{check}" data-state="todo"' in text
    assert Client().post(PAGE).status_code == 405


def test_the_page_is_found_where_people_look_for_it(room: Room) -> None:
    assert reverse("sessions_video:check") == PAGE
    learner = Client()
    learner.force_login(room.learner)
    for path in ("/aide/", "/mes-sessions-video/", room.video_session.booking.get_absolute_url()):
        main = learner.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
        assert f'href="{PAGE}"' in main, path
    assert f'href="{PAGE}"' in Client().get("/").content.decode().partition("<footer")[2]


def test_the_reminder_leads_to_the_page(room: Room) -> None:
    pass_time(4 * 3600)
    for reminder in booking_services.due_reminder_ids():
        booking_services.send_reminder(reminder_id=reminder)
    email = Email.objects.filter(kind="bookings.reminder").first()
    assert email
    assert f"{settings.BASE_URL}{PAGE}" in email.body_text
    assert f'href="{settings.BASE_URL}{PAGE}"' in email.body_html


@pytest.mark.usefixtures("relay")
def test_the_relay_is_lent_for_two_minutes_at_most() -> None:
    stun, turn = Client().post(RELAY).json()["iceServers"]
    assert stun["urls"] == ["stun:relay.example:3478"]
    expiry, _, name = turn["username"].partition(":")
    assert 60 < int(expiry) - time.time() <= 120
    assert re.fullmatch(r"test\.[0-9a-f]{16}", name)
    assert "127.0.0.1" not in turn["username"]


@pytest.mark.usefixtures("relay")
def test_a_page_of_another_site_gets_no_credentials() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(RELAY).status_code == 403
    assert Client().get(RELAY).status_code == 405


def test_without_a_relay_there_is_nothing_to_lend() -> None:
    assert Client().post(RELAY).json() == {"iceServers": []}


@pytest.mark.usefixtures("relay")
def test_one_address_asks_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_PER_ADDRESS", 3)
    answers = [Client().post(RELAY) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    refused = answers[-1]
    assert "iceServers" not in refused.json()
    assert "Réessayez dans 10 minutes" in refused.json()["error"]
    assert refused["Retry-After"] == "600"
    assert Client(REMOTE_ADDR="192.0.2.7").post(RELAY).status_code == 200


@pytest.mark.usefixtures("relay")
def test_devices_of_one_home_are_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_PER_ADDRESS", 1)
    asked = [Client(REMOTE_ADDR=f"2001:db8:1:2::{n}").post(RELAY).status_code for n in (1, 2)]
    assert asked == [200, 429]
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").post(RELAY).status_code == 200


@pytest.mark.usefixtures("relay")
def test_what_a_visitor_says_of_his_address_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_PER_ADDRESS", 1)
    visitor = Client(REMOTE_ADDR="198.51.100.1")
    for said, status in (("192.0.2.1", 200), ("192.0.2.2", 429)):
        claims = {"X-Forwarded-For": said, "X-Real-IP": said, "Forwarded": f"for={said}"}
        assert visitor.post(RELAY, headers=claims).status_code == status


@pytest.mark.usefixtures("relay")
def test_old_addresses_seen_by_a_server_of_both_kinds_are_each_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_PER_ADDRESS", 1)
    given = ("::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1")
    assert [Client(REMOTE_ADDR=address).post(RELAY).status_code for address in given] == [200, 200, 429]


@pytest.mark.usefixtures("relay")
def test_many_addresses_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_OF_ALL", 2)
    asked = [Client(REMOTE_ADDR=f"192.0.2.{n}").post(RELAY).status_code for n in (1, 2, 3)]
    assert asked == [200, 200, 429]


# --- the echo ---------------------------------------------------------------------------------------------------------


async def open_echo() -> Any:
    scope = {"type": "websocket", "path": "/ws/salle/test/", "query_string": b"", "headers": [], "subprotocols": []}
    application = URLRouter(websocket_urlpatterns)
    link: Any = ApplicationCommunicator(application, scope | {"user": AnonymousUser()})  # type: ignore[no-untyped-call]
    await link.send_input({"type": "websocket.connect"})
    assert (await link.receive_output(timeout=5))["type"] == "websocket.accept"
    return link


async def say(link: Any, text: str | None, data: bytes | None = None) -> dict[str, Any]:
    await link.send_input({"type": "websocket.receive", "text": text, "bytes": data})
    answer: dict[str, Any] = await link.receive_output(timeout=5)
    return answer


async def test_the_echo_says_back_what_it_hears() -> None:
    link = await open_echo()
    assert (await say(link, "3"))["text"] == "3"
    await link.send_input({"type": "websocket.disconnect", "code": 1000})
    await link.wait(timeout=5)


@pytest.mark.parametrize(("text", "data"), [("x" * 33, None), (None, b"x")])
async def test_the_echo_carries_nothing_large(text: str | None, data: bytes | None) -> None:
    link = await open_echo()
    answer = await say(link, text, data)
    assert (answer["type"], answer["code"]) == ("websocket.close", 4429)


async def test_the_echo_is_no_channel_to_stay_on(monkeypatch: pytest.MonkeyPatch) -> None:
    link = await open_echo()
    for number in range(echo.MOST_FRAMES):
        assert (await say(link, str(number)))["text"] == str(number)
    assert (await say(link, "once more"))["code"] == 4429

    monkeypatch.setattr(echo, "LIFETIME_SECONDS", 0.05)
    link = await open_echo()
    answer = await link.receive_output(timeout=5)
    assert (answer["type"], answer["code"]) == ("websocket.close", 1000)
