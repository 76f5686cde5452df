"""Extensions over the socket: what each page may say, and what each hears."""

import json
from typing import Any

import pytest
from channels.db import database_sync_to_async

from core import clock
from sessions_video.protocol import MESSAGES
from stripe_sandbox import Sandbox
from tests.billing.money import pay_in
from tests.sessions_video.conftest import Room, at_local_hour
from tests.sessions_video.longer import come_near_the_end, paid_room, wish
from tests.sessions_video.test_consumer import Socket, pair, sockets


@pytest.fixture
def ending(cloned_database: str, sandbox: Sandbox) -> Room:
    """Four minutes are left, and ten euros of credit."""
    at_local_hour(9)
    room = come_near_the_end(paid_room(sandbox))
    pay_in(room.learner, 1000, at=clock.now())
    return room


async def said(room: Room, minutes: int = 10) -> dict[str, Any]:
    """The fields of the learner's wish, as his page sends them."""
    wanted = await database_sync_to_async(wish)(room, minutes)
    return {
        "request_id": str(wanted.request_id),
        "ms": wanted.ms,
        "price_cents": wanted.price_cents,
        "card_cents": wanted.card_cents,
    }


async def until(socket: Socket, status: str) -> dict[str, Any]:
    """The next state whose extension is in this status."""
    for _ in range(20):
        state = await socket.hear("meter.state")
        if state["extension"] and state["extension"]["status"] == status:
            return state
    raise AssertionError(f"never {status}")


async def kinds_until(socket: Socket, last: str) -> list[str]:
    """What comes, up to the second message of this kind: one of the connection, one of the answer to `room.sync`."""
    heard: list[str] = []
    while heard.count(last) < 2:
        output = await socket.link.receive_output(timeout=5)
        heard.append(json.loads(output["text"])["type"])
    return heard


@pytest.mark.requirement("SK-93")
async def test_offers_are_told_to_the_page_of_the_learner_alone(ending: Room) -> None:
    mentor, learner = await pair(ending)
    async with sockets(mentor, learner):
        await learner.say("extension.offers")
        offered = await learner.hear("extension.offers")
        assert [choice["ms"] // 60_000 for choice in offered["choices"]] == [5, 10, 12, 15, 30, 60]
        assert "12 minutes au plus" in offered["note"]
        await mentor.say("extension.offers")
        await mentor.say("room.sync", last_chat_id=0)
        assert "extension.offers" not in await kinds_until(mentor, "meter.state")


@pytest.mark.requirement("SK-93", "SK-94")
async def test_a_wish_reaches_the_mentor_and_his_yes_reaches_both(ending: Room) -> None:
    mentor, learner = await pair(ending)
    async with sockets(mentor, learner):
        asked = await said(ending)
        await learner.say("extension.ask", **asked)
        assert (await learner.hear("extension.payment"))["url"] == ""
        shown = (await until(mentor, "asked"))["extension"]
        assert (shown["request_id"], shown["price_cents"]) == (asked["request_id"], asked["price_cents"])
        assert "card_cents" not in shown
        await mentor.say("extension.answer", request_id=asked["request_id"], accepts=True)
        for socket in (mentor, learner):
            assert (await until(socket, "accepted"))["limit_ms"] == 25 * 60_000


async def test_no_and_taking_back_reach_both(ending: Room) -> None:
    mentor, learner = await pair(ending)
    async with sockets(mentor, learner):
        asked = await said(ending)
        await learner.say("extension.ask", **asked)
        await until(mentor, "asked")
        await learner.say("extension.withdraw", request_id=asked["request_id"])
        await until(mentor, "withdrawn")
        again = await said(ending)
        await learner.say("extension.ask", **again)
        await until(mentor, "asked")
        await mentor.say("extension.answer", request_id=again["request_id"], accepts=False)
        for socket in (mentor, learner):
            assert (await until(socket, "refused"))["limit_ms"] == 15 * 60_000


async def test_refusals_are_said_in_words_and_signs_of_life_go_on_while_the_bank_is_asked(
    ending: Room, sandbox: Sandbox
) -> None:
    mentor, learner = await pair(ending)
    async with sockets(mentor, learner):
        await mentor.say("extension.ask", **await said(ending))
        assert "Seul l’apprenant" in (await mentor.hear("error"))["message"]
        await learner.say("extension.ask", **await said(ending, 30))
        await learner.say("presence.beat")
        assert (await learner.hear("presence.alive"))["alive"]
        await until(mentor, "asked")
        await learner.say("extension.ask", **await said(ending))
        refused = await learner.hear("error")
        assert (refused["code"], refused["message"]) == (
            "extension",
            "Une demande de prolongation est déjà en cours.",
        )


@pytest.mark.parametrize("kind", [kind for kind in MESSAGES if kind.startswith("extension.")])
async def test_frames_that_no_page_sends_are_refused(ending: Room, kind: str) -> None:
    learner = (await pair(ending))[1]
    fields = dict.fromkeys(MESSAGES[kind], "nonsense") | {"more": 1}
    async with sockets(learner):
        await learner.frame(json.dumps({"type": kind, **fields}))
        assert (await learner.hear("error"))["code"] == "bad_message"
