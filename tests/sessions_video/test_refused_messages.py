"""What an open socket does not listen to: a clear word, the right code, not one second counted."""

import json

import pytest
from channels.db import database_sync_to_async

from sessions_video import services
from sessions_video.models import Lease, Segment
from sessions_video.protocol import MAX_BYTES, MAX_CHAT
from sessions_video.services import entering
from tests.sessions_video.conftest import Room, at_local_hour, build_room
from tests.sessions_video.refused import PAGE, counted
from tests.sessions_video.test_consumer import Socket, reference, refusal_code, sockets

FRAMES_PER_SOCKET = 8


@pytest.fixture
def open_room(cloned_database: str) -> Room:
    at_local_hour(9)
    return build_room()


# --- the mentor is in another room ------------------------------------------------------------------------------------


@pytest.mark.requirement("SK-11")
async def test_a_mentor_who_is_live_elsewhere_is_told_so_and_nothing_is_counted(open_room: Room) -> None:
    other = await database_sync_to_async(lambda: build_room(mentor=open_room.mentor, hour=17))()
    here, there = Socket(open_room.mentor, reference(open_room)), Socket(other.mentor, reference(other))
    waiting = Socket(other.learner, reference(other))
    async with sockets(here, there, waiting):
        await here.say("room.join")
        await here.hear("room.joined")
        await waiting.say("room.join")
        await waiting.hear("room.joined")
        for _ in range(3):
            await there.say("room.join")
            error = await there.hear("error")
            assert error["code"] == "mentor_elsewhere"
            assert error["message"] == "Vous êtes en session avec un autre membre. Terminez-la d’abord."
        assert await database_sync_to_async(other.open_leases)() == 1, "the learner alone"
        assert (await database_sync_to_async(other.fresh)()).running_since is None
        await here.say("room.leave")
        await here.say("room.sync", last_chat_id=0)
        await here.hear("room.state")
        await there.say("room.join")
        assert (await there.hear("room.joined"))["state"]["running"], "once he has left, he comes in"


# --- frames and floods ------------------------------------------------------------------------------------------------


BIG = "x" * (MAX_BYTES + 1)
FRAMES: list[str | bytes] = [
    "",
    "null",
    "[]",
    "12",
    "{",
    '"room.join"',
    "[" * 50_000,
    '{"type": null}',
    '{"type": ["room.join"]}',
    '{"type": "room.destroy"}',
    '{"type": "room.joined"}',
    '{"type": "room.join", "role": "mentor"}',
    '{"type": "room.join", "at": 0}',
    '{"type": "presence.beat", "lease": "' + PAGE + '"}',
    '{"type": "presence.beat", "now": 1}',
    '{"type": "meter.start", "free_ms": 0}',
    '{"type": "room.sync"}',
    '{"type": "room.sync", "last_chat_id": "1"}',
    '{"type": "room.sync", "last_chat_id": 1.0}',
    '{"type": "room.sync", "last_chat_id": NaN}',
    '{"type": "room.sync", "last_chat_id": 99999999999999999999}',
    '{"type": "signal.rebuild", "to": "everybody"}',
    '{"type": "signal.rebuild", "to": ["' + PAGE + '"]}',
    json.dumps({"type": "signal.description", "to": PAGE, "generation": -1, "description": {}}),
    json.dumps({"type": "signal.candidate", "to": PAGE, "generation": 0, "candidate": {"candidate": "a\x00"}}),
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": "a\x00b"}),
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": "half \ud83d"}),
    json.dumps({"type": "chat.send", "client_id": "\udc00" * 36, "body": "x"}),
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": "x" * (MAX_CHAT + 1)}),
    json.dumps({"type": "chat.send", "client_id": PAGE, "body": BIG}),
    json.dumps({"type": "media.state", "microphone": "yes", "camera": False, "screen": False}),
    json.dumps({"type": "extension.ask", "request_id": PAGE, "ms": -60_000, "price_cents": 0, "card_cents": 0}),
    b"",
    b"\x00\xff" * 100,
    json.dumps({"type": "room.join"}).encode(),
]
CHUNKS = [FRAMES[at : at + FRAMES_PER_SOCKET] for at in range(0, len(FRAMES), FRAMES_PER_SOCKET)]


@pytest.mark.parametrize("frames", CHUNKS, ids=range(len(CHUNKS)))
async def test_a_frame_no_page_of_ours_sends_is_refused_and_counts_nothing(
    open_room: Room, frames: list[str | bytes]
) -> None:
    mentor, learner = Socket(open_room.mentor, reference(open_room)), Socket(open_room.learner, reference(open_room))
    async with sockets(mentor, learner):
        await mentor.say("room.join")
        await mentor.hear("room.joined")
        lease = await database_sync_to_async(Lease.objects.get)()
        for frame in frames:
            await (learner.frame(frame) if isinstance(frame, str) else learner.frame(data=frame))
            error = await learner.hear("error")
            assert (error["code"], error["message"]) == ("bad_message", "Message refusé."), frame
        await learner.say("room.sync", last_chat_id=0)
        assert (await learner.hear("meter.state"))["present"] == ["mentor"], "the socket still listens"
        await mentor.say("presence.beat")
        assert (await mentor.hear("presence.alive"))["alive"]
        assert await database_sync_to_async(counted)() == (1, 0)
        assert (await database_sync_to_async(Lease.objects.get)()).pk == lease.pk


# What is sent, and how often, until the socket is closed.
FLOODS: dict[str, tuple[str, int]] = {
    "bad frames": ("{", 11),
    "big frames": (BIG, 11),
    "questions": ('{"type": "share.ask"}', 200),
    "signs of life": ('{"type": "presence.beat"}', 200),
    "joins": ('{"type": "room.join"}', 200),
    "signals": (json.dumps({"type": "signal.rebuild", "to": PAGE}), 200),
    "lines": (json.dumps({"type": "chat.send", "client_id": PAGE, "body": "encore"}), 200),
}


@pytest.mark.parametrize("case", FLOODS)
async def test_a_flood_is_cut_off_and_hurts_nobody_else(open_room: Room, case: str) -> None:
    text, times = FLOODS[case]
    mentor, learner = Socket(open_room.mentor, reference(open_room)), Socket(open_room.learner, reference(open_room))
    async with sockets(mentor, learner):
        await mentor.say("room.join")
        await mentor.hear("room.joined")
        for _ in range(times):
            await learner.frame(text)
        assert await learner.closing_code() == 4429
        await mentor.say("presence.beat")
        assert (await mentor.hear("presence.alive"))["alive"]
    assert await database_sync_to_async(Segment.objects.count)() <= 1


async def test_a_flood_of_reconnections_is_cut_off_for_its_author_alone(
    open_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "CONNECTIONS_PER_MINUTE", 5)
    for _ in range(5):
        async with sockets(one := Socket(open_room.learner, reference(open_room))):
            await one.hear("room.state")
    assert await refusal_code(open_room.learner, reference(open_room)) == 4429
    assert await refusal_code(open_room.learner, "abcdefgh") == 4429, "nor does he look for rooms"
    async with sockets(mentor := Socket(open_room.mentor, reference(open_room))):
        await mentor.hear("room.state")
    assert await database_sync_to_async(counted)() == (0, 0)


# --- other people's leases and pages ----------------------------------------------------------------------------------


async def test_a_signal_to_a_page_of_another_room_goes_nowhere(open_room: Room) -> None:
    other = await database_sync_to_async(lambda: build_room(hour=17))()
    sender, listener = Socket(open_room.mentor, reference(open_room)), Socket(other.learner, reference(other))
    async with sockets(sender, listener):
        for one in (sender, listener):
            await one.say("room.join")
            await one.hear("room.joined")
        while not await listener.is_quiet():
            await listener.link.receive_output(timeout=5)
        signals: list[tuple[str, dict[str, object]]] = [
            ("signal.rebuild", {}),
            ("signal.description", {"generation": 1, "description": {"type": "offer", "sdp": "v=0"}}),
            ("signal.candidate", {"generation": 1, "candidate": None}),
        ]
        for kind, fields in signals:
            await sender.say(kind, to=listener.page, **fields)
        await sender.say("media.state", microphone=True, camera=True, screen=True)
        await sender.say("room.sync", last_chat_id=0)
        await sender.hear("room.state")
        assert await listener.is_quiet()


async def test_the_lease_of_another_person_is_out_of_reach(open_room: Room) -> None:
    """No frame names a lease; and the services take one only together with its own room."""
    other = await database_sync_to_async(lambda: build_room(hour=17))()
    lease = await database_sync_to_async(other.join)(other.learner)
    await database_sync_to_async(services.leave)(video_session_id=open_room.pk, lease=lease)
    assert await database_sync_to_async(other.open_leases)() == 1
    async with sockets(one := Socket(open_room.learner, reference(open_room))):
        for frame in ({"type": "room.leave", "lease": str(lease)}, {"type": "presence.beat", "lease": str(lease)}):
            await one.frame(json.dumps(frame))
            assert (await one.hear("error"))["code"] == "bad_message"
        await one.say("room.leave")
        await one.say("presence.beat")
        await one.hear("presence.alive")
    kept = await database_sync_to_async(Lease.objects.get)()
    assert (kept.pk, kept.closed_at, kept.last_seen) == (lease, None, kept.opened_at)
