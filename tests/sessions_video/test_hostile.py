"""What somebody tries who speaks to the room without our page: each attempt reaches himself alone, or nobody."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config.asgi import application
from messaging.models import Message
from sessions_video import consumers
from sessions_video.models import Extension, RoomReport, Visit
from sessions_video.threads import with_bank
from stripe_sandbox import Sandbox
from tests.sessions_video.conftest import Room, at_local_hour, build_room, make_member
from tests.sessions_video.longer import come_near_the_end, paid_room
from tests.sessions_video.test_consumer import Socket, open_room, pair, reference, sockets
from tests.sessions_video.test_extension_messages import said, until

__all__ = ["open_room"]


# --- an open socket outlives the cookie -------------------------------------------------------------------------------


class Signed(Socket):
    """A socket of a signed-in browser, through the whole application: cookie, session, origin."""

    def __init__(self, client: Client, booking: str) -> None:
        super().__init__(None, booking)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        scope = {
            "type": "websocket",
            "path": f"/ws/salle/{booking}/",
            "query_string": f"page={self.page}".encode(),
            "headers": [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookies.encode())],
            "subprotocols": [],
        }
        self.link = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@asynccontextmanager
async def signed_in(room: Room) -> AsyncIterator[tuple[Client, Signed]]:
    client = await database_sync_to_async(_browser)(room.learner)
    socket = Signed(client, reference(room))
    async with sockets(socket):
        await socket.hear("room.state")
        yield client, socket


def _close_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _change_password(user: User) -> None:
    user.set_password("another-long-password")
    user.save()


@pytest.mark.parametrize("end", ["signed out", "closed", "password"])
async def test_who_is_signed_out_in_mid_connection_writes_nothing_more(open_room: Room, end: str) -> None:
    async with signed_in(open_room) as (client, socket):
        await socket.say("chat.send", client_id=str(uuid4()), body="Bonjour")
        await socket.hear("chat.message")
        ways = {"signed out": client.logout, "closed": _close_account, "password": _change_password}
        await database_sync_to_async(ways[end])(*([] if end == "signed out" else [open_room.learner]))
        await socket.say("chat.send", client_id=str(uuid4()), body="Encore moi")
        assert await socket.closing_code() == 4401
    assert await database_sync_to_async(Message.objects.filter(body="Encore moi").count)() == 0


async def test_who_is_signed_out_in_mid_connection_soon_hears_nothing_more(
    open_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SNAPSHOT_SECONDS", 0.05)
    async with signed_in(open_room) as (client, socket):
        await database_sync_to_async(client.logout)()
        assert await asyncio.wait_for(socket.closing_code(), 10) == 4401


async def test_who_stays_signed_in_stays(open_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "SNAPSHOT_SECONDS", 0.05)
    async with signed_in(open_room) as (_client, socket):
        for _ in range(2 * consumers.ROUNDS_BETWEEN_LOOKS):
            await socket.hear("meter.state")
        await socket.say("room.join")
        await socket.hear("room.joined")


# --- pages named like the other person's ------------------------------------------------------------------------------


async def test_nobody_closes_the_page_of_the_other_by_taking_its_name(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        await mentor.say("room.join")
        await mentor.hear("room.joined")
        await learner.hear("room.state")
        masked = Socket(open_room.learner, reference(open_room), page=mentor.page)
        async with sockets(masked):
            await masked.say("room.join")
            await masked.hear("room.joined")
            await learner.say("room.join")
            await learner.hear("room.joined")
            assert await masked.closing_code() == 4409
        await mentor.say("presence.beat")
        assert (await mentor.hear("presence.alive"))["alive"]
        await mentor.say("meter.start")
        await learner.hear("notice")


# --- extensions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def ending(cloned_database: str, sandbox: Sandbox) -> Room:
    at_local_hour(9)
    cache.clear()
    return come_near_the_end(paid_room(sandbox, credit_cents=2000))


@pytest.mark.parametrize(
    "changes",
    [
        {"ms": 0},
        {"ms": -600_000},
        {"ms": 600_001},
        {"ms": 2**31 - 1},
        {"ms": 2**63},
        {"ms": 6e5},
        {"ms": True},
        {"ms": "600000"},
        {"price_cents": 0},
        {"price_cents": 1},
        {"price_cents": -783},
        {"price_cents": None},
        {"card_cents": -1},
        {"request_id": "mine"},
        {"booking": 1},
    ],
    ids=str,
)
@pytest.mark.requirement("SK-93")
async def test_a_wish_with_other_figures_is_refused_and_asks_nobody(ending: Room, changes: dict[str, Any]) -> None:
    mentor, learner = await pair(ending)
    async with sockets(mentor, learner):
        await learner.say("extension.ask", **(await said(ending) | changes))
        assert (await learner.hear("error"))["message"]
        fields = await said(ending)
        await learner.say("extension.ask", **fields)
        asked = await until(mentor, "asked")
        assert asked["extension"]["request_id"] == fields["request_id"], "the one in order was the only one to come"
    assert await database_sync_to_async(ending.fresh)() is not None
    assert await database_sync_to_async(Extension.objects.filter(status="accepted").count)() == 0


@pytest.mark.requirement("SK-94")
async def test_a_request_of_another_room_is_neither_asked_nor_answered_there(ending: Room) -> None:
    """The mentor of one room is told its request id: it opens nothing in a room where he is the learner."""
    other = await database_sync_to_async(lambda: build_room(hour=17))()
    mentor, learner = await pair(ending)
    other_mentor, other_learner = await pair(other)
    fields = await said(ending)
    async with sockets(mentor, learner, other_mentor, other_learner):
        await learner.say("extension.ask", **fields)
        await until(mentor, "asked")
        for accepts in (True, False):
            await other_mentor.say("extension.answer", request_id=fields["request_id"], accepts=accepts)
            assert (await other_mentor.hear("error"))["code"] == "extension"
        await other_learner.say("extension.ask", **fields)
        assert (await other_learner.hear("error"))["code"] == "bad_message"
        await other_learner.say("extension.withdraw", request_id=fields["request_id"])
        await learner.say("extension.answer", request_id=fields["request_id"], accepts=True)
        assert (await learner.hear("error"))["code"] == "extension"
        await mentor.say("extension.withdraw", request_id=fields["request_id"])
        assert (await mentor.hear("error"))["code"] == "extension"
    extension = await database_sync_to_async(Extension.objects.get)()
    assert extension.status == "asked"
    assert (await database_sync_to_async(other.fresh)()).limit_ms == 3_600_000


async def test_one_learner_does_not_keep_the_bank_from_the_others() -> None:
    """A few threads speak to the bank for all rooms."""
    answers = Event()
    one, other = User(pk=1), User(pk=2)
    asked = [asyncio.create_task(with_bank(_ask_slowly, by=one, bank=answers)) for _ in range(20)]
    try:
        await asyncio.sleep(0)
        assert await asyncio.wait_for(with_bank(_ask_quickly, by=other), 5) == 2
        assert not any(task.done() for task in asked)
    finally:
        answers.set()
    assert await asyncio.gather(*asked) == [1] * 20


def _ask_slowly(*, by: User, bank: Event) -> int:
    bank.wait(20)
    return int(by.pk)


def _ask_quickly(*, by: User) -> int:
    return int(by.pk)


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_page_of_the_room_is_written_to_without_its_token(room: Room) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(room.learner)
    given = {"topic": "sound", "words": "", "client_id": uuid4(), "statistics": "{}"}
    url = reverse("sessions_video:report", args=[room.video_session.booking.reference])
    assert client.post(url, given).status_code == 403
    assert client.post("/salle/test/ice/").status_code == 403
    assert RoomReport.objects.count() == 0


@pytest.mark.django_db
def test_a_stranger_leaves_no_trace_of_presence(room: Room, stranger: User) -> None:
    client = Client()
    client.force_login(stranger)
    names = ("room", "ice", "proof", "proof_file", "payment_return")
    for name in names:
        url = reverse(f"sessions_video:{name}", args=[room.video_session.booking.reference])
        assert client.get(url).status_code == 404
        assert Client().get(url).status_code == 302
    assert Visit.objects.count() == 0


async def test_the_socket_of_a_stranger_leaves_no_trace_of_presence(open_room: Room) -> None:
    stranger = await database_sync_to_async(make_member)("Nadia")
    async with sockets(socket := Socket(stranger, reference(open_room))):
        for frame in ({"type": "room.join"}, {"type": "chat.send", "client_id": str(uuid4()), "body": "Moi"}):
            await socket.frame(json.dumps(frame))
        assert await socket.closing_code() == 4404
        assert await socket.is_quiet()
    assert await database_sync_to_async(Visit.objects.count)() == 0
    assert await database_sync_to_async(Message.objects.filter(body="Moi").count)() == 0
