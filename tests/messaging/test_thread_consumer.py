"""The socket of a conversation: it says that something came, to the two people of it and to nobody else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.models import User
from messaging.models import Thread
from messaging.routing import websocket_urlpatterns
from messaging.services import get_or_create_thread, post_card, send_message
from tests import people
from tests.databases import cloned_database

__all__ = ["cloned_database"]

application = URLRouter(websocket_urlpatterns)
Cast = tuple[User, User, Thread]


@pytest.fixture
def cast(cloned_database: str) -> Cast:
    karim, claire = people.member("Karim", "Benali"), people.mentor("Claire", "Roux")
    return karim, claire, get_or_create_thread(one=karim, other=claire)


def link(user: object, reference: str) -> Any:
    scope = {
        "type": "websocket",
        "path": f"/ws/messagerie/{reference}/",
        "query_string": b"",
        "headers": [],
        "subprotocols": [],
        "user": user,
    }
    return ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]


@asynccontextmanager
async def socket(user: object, reference: str) -> AsyncIterator[Any]:
    opened = link(user, reference)
    await opened.send_input({"type": "websocket.connect"})
    assert (await opened.receive_output(timeout=5))["type"] == "websocket.accept"
    try:
        yield opened
    finally:
        await opened.send_input({"type": "websocket.disconnect", "code": 1000})
        await opened.wait(timeout=5)


async def listening(opened: Any) -> None:
    """Nothing said, nothing refused: it is in the group."""
    assert await opened.receive_nothing(timeout=0.3)


async def heard(opened: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((await opened.receive_output(timeout=5))["text"])
    return answer


async def code(user: object, reference: str) -> int:
    async with socket(user, reference) as opened:
        return int((await opened.receive_output(timeout=5))["code"])


async def test_both_hear_of_words_and_cards_and_never_the_words(cast: Cast) -> None:
    karim, claire, thread = cast
    async with socket(karim, thread.reference) as one, socket(claire, thread.reference) as other:
        await listening(one)
        await listening(other)
        sent = await database_sync_to_async(send_message)(thread=thread, author=karim, body="Bonjour")
        card = await database_sync_to_async(post_card)(thread=thread, kind="booking", reference="booking:x", data={})
        for opened in (one, other):
            assert await heard(opened) == {"type": "thread.message", "id": sent.pk}
            assert await heard(opened) == {"type": "thread.message", "id": card.pk}


async def test_nobody_hears_of_what_is_taken_back_or_of_another_conversation(cast: Cast) -> None:
    karim, claire, thread = cast
    nadia = await database_sync_to_async(people.member)("Nadia", "Faure")

    def write_elsewhere_and_take_back() -> None:
        send_message(thread=get_or_create_thread(one=karim, other=nadia), author=karim, body="Bonsoir")
        with transaction.atomic():
            send_message(thread=thread, author=karim, body="Non")
            transaction.set_rollback(True)

    async with socket(claire, thread.reference) as opened:
        await listening(opened)
        await database_sync_to_async(write_elsewhere_and_take_back)()
        assert await opened.receive_nothing(timeout=0.5)


async def test_a_visitor_a_stranger_and_a_wrong_address_are_sent_away(cast: Cast) -> None:
    karim, _claire, thread = cast
    nadia = await database_sync_to_async(people.member)("Nadia", "Faure")
    assert await code(AnonymousUser(), thread.reference) == 4401
    assert await code(nadia, thread.reference) == 4404
    assert await code(karim, "aucune") == 4404
    assert await code(karim, "a\x00b") == 4404


async def test_a_page_has_nothing_to_say_and_one_that_talks_on_is_cut_off(cast: Cast) -> None:
    karim, _claire, thread = cast
    async with socket(karim, thread.reference) as opened:
        await listening(opened)
        for text, data in (("{", None), (None, b"\x00\xff"), ('{"type": "thread.message"}', None)):
            await opened.send_input({"type": "websocket.receive", "text": text, "bytes": data})
        assert await opened.receive_nothing(timeout=0.3), "it is not repeated to anybody"
        for _ in range(20):
            await opened.send_input({"type": "websocket.receive", "text": "x", "bytes": None})
        assert (await opened.receive_output(timeout=5))["code"] == 4429


async def test_who_was_signed_out_meanwhile_hears_nothing_more(cast: Cast) -> None:
    karim, claire, thread = cast
    async with socket(karim, thread.reference) as one, socket(claire, thread.reference) as other:
        await listening(one)
        await database_sync_to_async(User.objects.filter(pk=karim.pk).update)(is_active=False)
        # Words to somebody who is gone are refused: what was on its way comes all the same.
        await database_sync_to_async(post_card)(thread=thread, kind="nothing", reference="", data={}, author=claire)
        assert (await heard(other))["type"] == "thread.message"
        assert (await one.receive_output(timeout=5))["code"] == 4401
