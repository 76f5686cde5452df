"""The socket of the room, spoken to as a page does; the database commits for real."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from core.files.keeping import Upload
from messaging.selectors import unread_count
from messaging.services import get_or_create_thread, send_message
from sessions_video.consumers import RoomConsumer
from sessions_video.models import Lease, RoomEvent
from sessions_video.protocol import MESSAGES
from sessions_video.routing import websocket_urlpatterns
from tests.sessions_video.conftest import Room, at_local_hour, build_room, make_member, pass_time

application = URLRouter(websocket_urlpatterns)


@pytest.fixture
def open_room(cloned_database: str) -> Room:
    at_local_hour(9)
    return build_room()


class Socket:
    def __init__(self, user: object, reference: str, page: str | None = None) -> None:
        self.page = page or str(uuid4())
        scope = {
            "type": "websocket",
            "path": f"/ws/salle/{reference}/",
            "query_string": f"page={self.page}".encode(),
            "headers": [],
            "subprotocols": [],
            "user": user,
        }
        self.link: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
        self.known = (0, 0)

    async def connect(self) -> None:
        await self.link.send_input({"type": "websocket.connect"})
        answer = await self.link.receive_output(timeout=5)
        assert answer["type"] == "websocket.accept", "a socket is accepted before it is refused"

    async def disconnect(self, code: int = 1000) -> None:
        await self.link.send_input({"type": "websocket.disconnect", "code": code})
        await self.link.wait(timeout=5)

    async def frame(self, text: str | None = None, data: bytes | None = None) -> None:
        await self.link.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def say(self, kind: str, **fields: Any) -> None:
        await self.frame(json.dumps({"type": kind, **fields}))

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this type; others are passed over."""
        for _ in range(40):
            output = await self.link.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                raise AssertionError(f"closed with {output.get('code')} before {kind}")
            message: dict[str, Any] = json.loads(output["text"])
            if message["type"] == kind and self._is_news(message):
                return message
        raise AssertionError(f"{kind} never came")

    def _is_news(self, message: dict[str, Any]) -> bool:
        """As a page does, a state older than the one known is passed over: messages to a group may cross answers."""
        state = message if message["type"] == "meter.state" else message.get("state")
        if state is None:
            return True
        of_state, known = (state["revision"], state["now"]), self.known
        self.known = max(known, of_state)
        return state is not message or of_state >= known

    async def closing_code(self) -> int:
        for _ in range(200):
            output = await self.link.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                return int(output["code"])
        raise AssertionError("never closed")

    async def is_quiet(self) -> bool:
        return bool(await self.link.receive_nothing(timeout=0.3))


@asynccontextmanager
async def sockets(*wanted: Socket) -> AsyncIterator[None]:
    for one in wanted:
        await one.connect()
    try:
        yield
    finally:
        for one in wanted:
            await one.disconnect()


def reference(room: Room) -> str:
    return room.video_session.booking.reference


async def pair(room: Room) -> tuple[Socket, Socket]:
    return Socket(room.mentor, reference(room)), Socket(room.learner, reference(room))


async def refusal_code(user: object, booking: str, page: str | None = None) -> int:
    socket = Socket(user, booking, page)
    async with sockets(socket):
        return await socket.closing_code()


async def test_a_visitor_a_stranger_and_a_wrong_address_are_sent_away(open_room: Room) -> None:
    stranger = await database_sync_to_async(make_member)("Nadia")
    assert await refusal_code(AnonymousUser(), reference(open_room)) == 4401
    assert await refusal_code(stranger, reference(open_room)) == 4404
    assert await refusal_code(open_room.mentor, "no-such-room") == 4404
    assert await refusal_code(open_room.mentor, "a\x00b") == 4404
    assert await refusal_code(open_room.mentor, reference(open_room), page="not-a-page") == 4404


@pytest.mark.requirement("SK-82", "SK-103")
async def test_the_door_is_shut_on_another_day(open_room: Room) -> None:
    await database_sync_to_async(pass_time)(24 * 3600)
    assert await refusal_code(open_room.mentor, reference(open_room)) == 4403


@pytest.mark.requirement("SK-84", "SK-85")
async def test_two_people_meet_and_time_starts(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        assert (await mentor.hear("lobby.state"))["other"]
        await mentor.say("room.join")
        assert (await mentor.hear("room.joined"))["state"]["present"] == ["mentor"]
        await learner.say("room.join")
        state = (await learner.hear("room.joined"))["state"]
        assert state["running"]
        assert not state["paid"]
        assert (await mentor.hear("peer.joined"))["page"] == learner.page
        assert (await learner.hear("peer.here"))["page"] == mentor.page


async def test_signals_reach_the_page_they_are_for_and_only_joined_pages(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    offer = {"generation": 1, "description": {"type": "offer", "sdp": "v=0"}}
    async with sockets(mentor, learner):
        await mentor.say("signal.description", to=learner.page, **offer)
        await mentor.say("room.join")
        await mentor.hear("room.joined")
        await mentor.say("signal.description", to=learner.page, **offer)
        await learner.say("room.join")
        await learner.hear("peer.here")
        await mentor.say("signal.description", to=str(uuid4()), **offer)
        await mentor.say("signal.description", to=learner.page, **offer)
        heard = await learner.hear("signal.description")
        assert heard["from"] == mentor.page
        assert heard["description"]["sdp"] == "v=0"
        assert await learner.is_quiet()


@pytest.mark.requirement("SK-13", "SK-89")
async def test_the_chat_works_before_the_call_and_once_per_message(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        client_id = str(uuid4())
        ids = set()
        for _ in range(2):
            await learner.say("chat.send", client_id=client_id, body="<b>Bonjour</b>")
            ids.add((await learner.hear("chat.message"))["id"])
        line = await mentor.hear("chat.message")
        assert (line["body"], line["author"], line["files"]) == ("<b>Bonjour</b>", "Karim", [])
        assert ids == {line["id"]}, "sent again, it is the same line"
        await mentor.say("room.sync", last_chat_id=line["id"])
        assert (await mentor.hear("room.state"))["chat"] == []
        assert await database_sync_to_async(unread_count)(open_room.mentor) == 0, "what the room showed is read"
        await learner.say("chat.send", client_id=str(uuid4()), body="   ")
        assert (await learner.hear("error"))["message"]


@pytest.mark.requirement("SK-13", "SK-89")
async def test_what_is_written_on_the_page_of_the_conversation_comes_into_the_room(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        for one in (mentor, learner):
            await one.hear("meter.state")
        about = await database_sync_to_async(write_with_a_file)(open_room)
        for one in (mentor, learner):
            line = await one.hear("chat.message")
            assert (line["id"], line["body"]) == (about, "Voici mes notes.")
            assert [(file["name"], file["thumbnail"]) for file in line["files"]] == [("notes.txt", "")]
        await mentor.say("room.sync", last_chat_id=0)
        assert (await mentor.hear("room.state"))["chat"][-1]["files"] == line["files"]
        assert await database_sync_to_async(unread_count)(open_room.mentor) == 0, "what the room showed is read"


def write_with_a_file(room: Room) -> int:
    thread = get_or_create_thread(one=room.mentor, other=room.learner)
    files = [Upload("notes.txt", b"Trois lignes.")]
    return send_message(thread=thread, author=room.learner, body="Voici mes notes.", files=files).pk


@pytest.mark.requirement("SK-87", "SK-88")
async def test_the_mentor_starts_and_both_are_told(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        for one in (mentor, learner):
            await one.say("room.join")
            await one.hear("room.joined")
        await learner.say("meter.start")
        assert (await learner.hear("error"))["code"] == "cannot_start"
        await mentor.say("meter.start")
        assert (await learner.hear("notice"))["code"] == "paid_started"
        assert (await mentor.hear("notice"))["at"] > 0


@pytest.mark.requirement("SK-97")
async def test_counting_pauses_while_the_page_of_the_mentor_has_no_image_and_no_sound(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        await mentor.say("room.join")
        await mentor.hear("room.joined")
        await learner.say("media.failed", failed=True)  # not joined: nobody listens
        await learner.say("room.join")
        assert (await learner.hear("room.joined"))["state"]["running"]
        await learner.say("media.failed", failed=True)
        await mentor.say("media.failed", failed=True)
        state = await learner.hear("meter.state")
        while not state["without_media"]:
            assert state["running"]
            state = await learner.hear("meter.state")
        assert not state["running"]
        await mentor.say("media.failed", failed=False)
        while state["without_media"]:
            state = await learner.hear("meter.state")
        assert state["running"]
    kinds = await database_sync_to_async(lambda: list(RoomEvent.objects.values_list("kind", "role")))()
    assert sorted(kind for kind in kinds if kind[0].startswith("media")) == [
        ("media_back", "mentor"),
        ("media_failed", "learner"),
        ("media_failed", "mentor"),
    ]


async def test_the_newest_tab_wins(open_room: Room) -> None:
    first, second = Socket(open_room.learner, reference(open_room)), Socket(open_room.learner, reference(open_room))
    async with sockets(first, second):
        await first.say("room.join")
        await first.hear("room.joined")
        await second.say("room.join")
        await second.hear("room.joined")
        assert await first.closing_code() == 4409
        await second.say("presence.beat")
        assert (await second.hear("presence.alive"))["alive"]


async def test_a_page_comes_back_after_a_drop_without_a_second_lease(open_room: Room) -> None:
    page = str(uuid4())
    first, again = (Socket(open_room.learner, reference(open_room), page) for _ in range(2))
    await first.connect()
    await first.say("room.join")
    await first.hear("room.joined")
    await first.disconnect(1006)
    assert await open_leases(open_room) == 1, "trouble on the way is not a goodbye"
    async with sockets(again):
        await again.say("room.join")
        await again.hear("room.joined")
        assert await open_leases(open_room) == 1
    assert await open_leases(open_room) == 0, "a closed page is a goodbye"


async def test_a_lapsed_page_is_told_to_join_again(open_room: Room) -> None:
    socket = Socket(open_room.learner, reference(open_room))
    async with sockets(socket):
        await socket.say("room.join")
        await socket.hear("room.joined")
        await database_sync_to_async(pass_time)(20)
        await socket.say("presence.beat")
        assert not (await socket.hear("presence.alive"))["alive"]


async def test_bad_frames_are_refused_and_a_flood_is_cut_off(open_room: Room) -> None:
    socket = Socket(open_room.learner, reference(open_room))
    async with sockets(socket):
        for frame in ("{", '{"type": "room.destroy"}', '{"type": "room.join", "role": "mentor"}'):
            await socket.frame(frame)
            assert (await socket.hear("error"))["code"] == "bad_message"
        await socket.frame(data=b"\x00" * 100)
        assert (await socket.hear("error"))["code"] == "bad_message"
        for _ in range(200):
            await socket.say("share.ask")
        assert await socket.closing_code() == 4429


@pytest.mark.requirement("SK-96")
async def test_both_end_and_the_sockets_close(open_room: Room) -> None:
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        for one in (mentor, learner):
            await one.say("room.join")
            await one.hear("room.joined")
        await mentor.say("end.confirm")
        assert (await mentor.hear("error"))["code"] == "nothing_to_confirm"
        await learner.say("end.ask")
        while (await mentor.hear("meter.state"))["end_asked_by"] != "learner":
            continue
        await mentor.say("end.confirm")
        assert await learner.closing_code() == 4410
        assert await mentor.closing_code() == 4410
    assert await refusal_code(open_room.mentor, reference(open_room)) == 4410


async def test_one_locked_room_does_not_delay_the_beats_of_another(open_room: Room) -> None:
    other = await database_sync_to_async(lambda: build_room(hour=17))()
    locked, free = Socket(open_room.mentor, reference(open_room)), Socket(other.mentor, reference(other))
    async with sockets(locked, free):
        for one in (locked, free):
            await one.say("room.join")
            await one.hear("room.joined")
        release = await hold_lock(open_room)
        try:
            await locked.say("presence.beat")
            await free.say("presence.beat")
            async with asyncio.timeout(1):
                assert (await free.hear("presence.alive"))["alive"]
        finally:
            release.set()
        assert (await locked.hear("presence.alive"))["alive"]


async def hold_lock(room: Room) -> asyncio.Event:
    """Keep the rows of a room's leases locked, in another connection, until the event is set."""
    locked, release = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.run_in_executor(None, _lock_until, room, loop, locked, release)
    await asyncio.wait_for(locked.wait(), 5)
    return release


def _lock_until(room: Room, loop: asyncio.AbstractEventLoop, locked: asyncio.Event, release: asyncio.Event) -> None:
    try:
        with transaction.atomic():
            list(Lease.objects.filter(video_session=room.pk).select_for_update())
            loop.call_soon_threadsafe(locked.set)
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)
    finally:
        connection.close()


async def open_leases(room: Room) -> int:
    return int(await database_sync_to_async(room.open_leases)())


def test_every_message_of_the_protocol_has_a_handler() -> None:
    assert RoomConsumer.HANDLERS.keys() == MESSAGES.keys()
