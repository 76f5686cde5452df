"""Who is kept out of the room, and on which days: a clear word, the right code, not one second counted."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import services as booking_services
from config.asgi import application
from core import clock
from sessions_video import services
from sessions_video.errors import Ended, NotToday
from sessions_video.models import VideoSession
from sessions_video.selectors import refusal
from sessions_video.states import Phase
from tests import people
from tests.sessions_video.conftest import (
    Room,
    at_local_hour,
    build_room,
    confirm,
    hold_session,
    make_member,
    make_mentor,
    pass_time,
    request,
)
from tests.sessions_video.refused import PAGE, counted
from tests.sessions_video.test_consumer import Socket, reference, refusal_code, sockets

# --- at the door ------------------------------------------------------------------------------------------------------


Door = tuple[User | AnonymousUser, str]


def _stranger() -> Door:
    return make_member("Nadia"), reference(build_room())


def _signed_out() -> Door:
    return AnonymousUser(), reference(build_room())


def _the_day_after() -> Door:
    room = build_room()
    pass_time(24 * 3600)
    return room.learner, reference(room)


def _the_day_after_once_swept() -> Door:
    room = build_room()
    pass_time(24 * 3600)
    services.sweep_session(room.pk)
    return room.mentor, reference(room)


def _the_day_before() -> Door:
    room = book(clock.now().date() + timedelta(days=2))
    pass_time(24 * 3600)
    return room.mentor, reference(room)


def _not_accepted() -> Door:
    booking = request(make_mentor(), make_member("Karim"))
    return booking.mentor, booking.reference


def _not_paid() -> Door:
    booking = request(make_mentor(), make_member("Karim"))
    content_hash = booking.current_version().content_hash
    booking_services.accept_version(booking=booking, by=booking.mentor, content_hash=content_hash)
    return booking.learner, booking.reference


def _canceled() -> Door:
    room = build_room()
    booking_services.cancel_booking(booking=room.video_session.booking, by=room.learner)
    return room.mentor, reference(room)


def _ended() -> Door:
    room = hold_session(build_room())
    return room.learner, reference(room)


def _no_such_room() -> Door:
    return make_member("Nadia"), "abcdefgh"


# Who comes, what the page answers, its words, and the code of the socket.
DOORS: dict[str, tuple[Callable[[], Door], int, str, int]] = {
    "a stranger": (_stranger, 404, "introuvable", 4404),
    "no such room": (_no_such_room, 404, "introuvable", 4404),
    "signed out": (_signed_out, 302, "", 4401),
    "the day before": (_the_day_before, 403, "La salle est ouverte le", 4403),
    "the day after": (_the_day_after, 403, "La salle est ouverte le", 4403),
    "the day after, once swept": (_the_day_after_once_swept, 200, "Cette session est terminée.", 4410),
    "not accepted": (_not_accepted, 403, "n’est pas confirmée", 4403),
    "not paid": (_not_paid, 403, "n’est pas confirmée", 4403),
    "canceled": (_canceled, 200, "Cette réservation est annulée\u202f: la salle est fermée.", 4410),
    "ended": (_ended, 200, "Cette session est terminée.", 4410),
}


@pytest.mark.requirement("SK-82", "SK-103")
@pytest.mark.parametrize("case", DOORS)
async def test_the_door_says_why_it_is_shut(cloned_database: str, case: str) -> None:
    arrange, status, words, code = DOORS[case]
    user, booking, before, answer = await database_sync_to_async(lambda: look_in(arrange))()
    assert answer.status_code == status
    if status == 302:
        assert "/connexion/" in answer["Location"]
    else:
        assert words in answer.content.decode()
    assert await refusal_code(user, booking) == code
    assert await database_sync_to_async(counted)() == before


def look_in(arrange: Callable[[], Door]) -> tuple[User | AnonymousUser, str, tuple[int, int], Any]:
    at_local_hour(9)
    user, booking = arrange()
    client = Client()
    if isinstance(user, User):
        client.force_login(user)
    relay = client.get(reverse("sessions_video:ice", args=[booking]))
    assert relay.status_code != 200, "nobody gets credentials of the relay for a room that is shut"
    return user, booking, counted(), client.get(reverse("sessions_video:room", args=[booking]))


async def test_a_session_that_was_signed_out_opens_no_socket_any_more(cloned_database: str) -> None:
    """Through the whole application: cookie, origin, consumer."""
    room, client = await database_sync_to_async(_room_and_client)()
    assert await first_word(room, client) == "room.state"
    assert await first_word(room, client, origin="http://evil.example") == "denied"
    cookie = client.cookies["sessionid"].value
    await database_sync_to_async(client.logout)()
    client.cookies["sessionid"] = cookie
    assert await first_word(room, client) == "4401"
    client.cookies["sessionid"] = "made-up"
    assert await first_word(room, client) == "4401"


def _room_and_client() -> tuple[Room, Client]:
    at_local_hour(9)
    room, client = build_room(), Client()
    client.force_login(room.learner)
    return room, client


async def first_word(room: Room, client: Client, origin: str = "http://localhost") -> str:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    scope = {
        "type": "websocket",
        "path": f"/ws/salle/{reference(room)}/",
        "query_string": f"page={PAGE}".encode(),
        "headers": [(b"host", b"localhost"), (b"origin", origin.encode()), (b"cookie", cookies.encode())],
        "subprotocols": [],
    }
    link: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    await link.send_input({"type": "websocket.connect"})
    opened = await link.receive_output(timeout=5)
    if opened["type"] == "websocket.close":
        return "denied"
    said = await link.receive_output(timeout=5)
    await link.send_input({"type": "websocket.disconnect", "code": 1000})
    await link.wait(timeout=5)
    return str(said["code"]) if said["type"] == "websocket.close" else str(json.loads(said["text"])["type"])


# --- the day, in the zone of the booking ------------------------------------------------------------------------------


def book(day: date, zone: str = "Europe/Paris") -> Room:
    """A paid hour at 20:00 of that day, in the learner's zone, agreed on two days before."""
    go_to(datetime.combine(day - timedelta(days=2), time(12), UTC))
    mentor = make_mentor()
    learner = make_member("Karim")
    User.objects.filter(pk=learner.pk).update(time_zone=zone)
    learner.refresh_from_db()
    booking = booking_services.request_booking(
        learner=learner,
        mentor=mentor,
        day=day,
        at=time(20),
        duration_minutes=60,
        objectives="Lire un tableau de données ensemble.",
        skill=people.skill_of(mentor),
    )
    confirm(booking)
    return Room(VideoSession.objects.with_people().get(booking=booking), mentor, learner, {})


def go_to(instant: datetime) -> None:
    pass_time((instant - clock.now()).total_seconds())


# Zone, day, its first instant in UTC, and its hours; the instants are written by hand.
DAYS = {
    "spring in Paris, 23 hours": ("Europe/Paris", date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC), 23),
    "autumn in Paris, 25 hours": ("Europe/Paris", date(2027, 10, 31), datetime(2027, 10, 30, 22, tzinfo=UTC), 25),
    "an ordinary day in Paris": ("Europe/Paris", date(2027, 3, 29), datetime(2027, 3, 28, 22, tzinfo=UTC), 24),
    "Auckland": ("Pacific/Auckland", date(2027, 1, 15), datetime(2027, 1, 14, 11, tzinfo=UTC), 24),
    "Los Angeles": ("America/Los_Angeles", date(2027, 1, 15), datetime(2027, 1, 15, 8, tzinfo=UTC), 24),
    "Kathmandu, a quarter of an hour off": (
        "Asia/Kathmandu",
        date(2027, 1, 15),
        datetime(2027, 1, 14, 18, 15, tzinfo=UTC),
        24,
    ),
}


@pytest.mark.requirement("SK-82", "SK-96", "SK-103")
@pytest.mark.parametrize("case", DAYS)
async def test_the_room_is_open_from_midnight_to_midnight_of_the_bookings_zone(cloned_database: str, case: str) -> None:
    zone, day, start, hours = DAYS[case]
    end = start + timedelta(hours=hours)
    room = await database_sync_to_async(partial(book, day, zone))()
    exact_to_the_millisecond(room, start, end)

    async def code_at(instant: datetime) -> int | None:
        await database_sync_to_async(go_to)(instant)
        one = Socket(room.mentor, reference(room))
        async with sockets(one):
            first = await one.link.receive_output(timeout=5)
            return int(first["code"]) if first["type"] == "websocket.close" else None

    assert await code_at(start - timedelta(seconds=30)) == 4403
    assert await code_at(start + timedelta(seconds=1)) is None
    assert await code_at(end - timedelta(minutes=2)) is None
    await database_sync_to_async(meet_until_after)(room, end)
    assert await refusal_code(room.learner, reference(room)) == 4410
    assert (await database_sync_to_async(room.fresh)()).phase == Phase.ENDED


def exact_to_the_millisecond(room: Room, start: datetime, end: datetime) -> None:
    first, after = (int(instant.timestamp()) * 1000 for instant in (start, end))
    row = room.video_session
    answers = [type(refusal(row, t, "")) for t in (first - 1, first, after - 1, after)]
    assert answers == [NotToday, type(None), type(None), NotToday]
    words = str(refusal(row, after, "dimanche 28 mars"))
    assert words == f"La salle est ouverte le dimanche 28 mars seulement ({row.time_zone})."


def meet_until_after(room: Room, midnight: datetime) -> None:
    """Both talk across midnight: it counts until then, and nobody comes back."""
    room.both_join()
    room.spend(200)
    services.sweep_session(room.pk)
    assert [ended for _, ended in room.spans()] == [int(midnight.timestamp()) * 1000]
    with pytest.raises(Ended):
        room.join(room.mentor)
