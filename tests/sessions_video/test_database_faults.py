"""PostgreSQL fails under the sockets of a session: pages hear the state again, nothing is lost or done twice."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError, connection, connections

from core import clock
from messaging.models import Message
from messaging.services import get_or_create_thread
from sessions_video import consumers, services, threads
from sessions_video.models import Lease
from sessions_video.services import entering
from tests.sessions_video.conftest import Room
from tests.sessions_video.test_consumer import Socket, pair, reference, sockets
from tests.sessions_video.test_faults import room

__all__ = ["room"]


def failing(*_arguments: Any, **_more: Any) -> Any:
    raise OperationalError("server closed the connection unexpectedly")


async def test_a_page_hears_the_state_again_after_the_database_failed_for_a_while(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round that failed is not the last one."""
    monkeypatch.setattr(consumers, "SNAPSHOT_SECONDS", 0.2)
    working = threads.state_of
    async with sockets(one := Socket(room.learner, reference(room))):
        await one.hear("meter.state")
        await one.hear("meter.state")
        monkeypatch.setattr(services, "note_visit", failing)
        monkeypatch.setattr(threads, "state_of", failing)
        await asyncio.sleep(0.7)
        while not await one.link.receive_nothing(timeout=0.1):
            await one.link.receive_output(timeout=1)
        monkeypatch.setattr(threads, "state_of", working)
        await one.hear("meter.state")
        monkeypatch.undo()
        await one.hear("meter.state")


@pytest.mark.requirement("SK-13", "SK-89")
async def test_a_line_whose_news_was_lost_comes_with_the_next_round(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when Redis restarts at that moment: what is stored is shown, and a later line does not hide it."""
    monkeypatch.setattr(consumers, "SNAPSHOT_SECONDS", 1)
    async with sockets(one := Socket(room.learner, reference(room))):
        await one.hear("room.state")
        lost = await database_sync_to_async(write_unheard)(room)
        await one.say("chat.send", client_id=one.page, body="Vous disiez ?")
        while (lines := (await one.hear("room.state"))["chat"]) == []:
            continue
        assert [line["body"] for line in lines] == ["Regardez la ligne 12.", "Vous disiez ?"]
        assert lines[0]["id"] == lost
        await one.hear("meter.state")
        await one.hear("meter.state")


def write_unheard(room: Room) -> int:
    thread = get_or_create_thread(one=room.mentor, other=room.learner)
    line = Message.objects.create(
        thread=thread, author=room.mentor, body="Regardez la ligne 12.", created_at=clock.now()
    )
    return line.pk


async def test_a_failure_closes_the_socket_for_a_return_and_nothing_of_it_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that could not join comes back by itself; a socket that is gone sends no sign of presence."""
    mentor, learner = await pair(room)
    before = asyncio.all_tasks()
    async with sockets(mentor):
        await mentor.say("room.join")
        await mentor.hear("room.joined")
        async with sockets(learner):
            await learner.hear("meter.state")
            with monkeypatch.context() as broken:
                broken.setattr(services, "join", failing)
                await learner.say("room.join")
                assert await learner.closing_code() == 1011
        while (await mentor.hear("lobby.state"))["other"]:
            continue
        again = Socket(room.learner, reference(room), learner.page)
        async with sockets(again):
            await again.say("room.join")
            assert (await again.hear("room.joined"))["state"]["running"]
    left = {task for task in asyncio.all_tasks() - before if "_repeat_state" in repr(task)}
    assert left == set(), "no task of a closed socket is left"


async def test_a_database_that_fails_at_the_door_asks_the_page_to_come_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(entering, "get_video_session_for", failing)
        async with sockets(one := Socket(room.learner, reference(room))):
            assert await one.closing_code() == 1011
    async with sockets(two := Socket(room.learner, reference(room))):
        await two.hear("room.state")


@pytest.fixture
def pooled(room: Room) -> Iterator[Room]:
    """Connections are kept, as on real servers."""
    options = connection.settings_dict["OPTIONS"]
    connections.close_all()
    connection.settings_dict["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 4}}
    yield room
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["OPTIONS"] = options


async def test_connections_that_died_are_replaced_before_anybody_gets_one(pooled: Room) -> None:
    """As after a restart of PostgreSQL: the very next beat and join work, in the same process."""
    mentor, learner = await pair(pooled)
    async with sockets(mentor, learner):
        for one in (mentor, learner):
            await one.say("room.join")
            await one.hear("room.joined")
        await database_sync_to_async(end_every_connection)()
        for one in (mentor, learner):
            await one.say("presence.beat")
            assert (await one.hear("presence.alive"))["alive"]
            await one.say("room.join")
            await one.hear("room.joined")
    assert await database_sync_to_async(Lease.objects.filter(closed_at=None).count)() == 0, "both said goodbye"


def end_every_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
