"""A page is one piece of work in one thread, which lives on and lets its connection go."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.conf import LazySettings, settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from core import live
from core.handler import PageHandler
from tests.databases import cloned_database

__all__ = ["cloned_database"]

# What ran where, and with which connection.
threads: list[str] = []
connections_used: list[Any] = []


class Witness:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        threads.append(threading.current_thread().name)
        return self.get_response(request)

    def process_view(self, *_view: Any) -> None:
        threads.append(threading.current_thread().name)


def page(_request: HttpRequest) -> HttpResponse:
    threads.append(threading.current_thread().name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    # The thread's own, not the door to whichever thread asks.
    connections_used.append(connection._connections[connection._alias])  # type: ignore[attr-defined]
    return HttpResponse("words")


def broken(request: HttpRequest) -> HttpResponse:
    page(request)
    raise ZeroDivisionError


class Deaf:
    """A channel layer that takes nothing; what is said to it goes on until somebody gives up."""

    def __init__(self) -> None:
        self.asked, self.finished = threading.Event(), threading.Event()

    async def group_send(self, *_message: Any) -> None:
        self.asked.set()
        await asyncio.Future()

    def page(self, _request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            live.send_on_commit("group", {"type": "news"})
        self.finished.set()
        return HttpResponse("words")


deaf = Deaf()
urlpatterns = [path("page/", page), path("broken/", broken), path("deaf/", deaf.page)]


@pytest.fixture
def handler(settings: LazySettings) -> PageHandler:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:4], f"{__name__}.Witness"]
    settings.SECURE_SSL_REDIRECT = False
    threads.clear()
    connections_used.clear()
    return PageHandler()


def request_for(address: str) -> dict[str, Any]:
    headers = [(b"host", b"localhost")]
    return {"type": "http", "method": "GET", "path": address, "query_string": b"", "headers": headers}


async def ask(handler: PageHandler, address: str) -> tuple[int, bytes]:
    heard = [{"type": "http.request"}]
    said: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        # Once it has asked, the visitor stays.
        return heard.pop() if heard else await asyncio.Future()

    async def send(message: Mapping[str, Any]) -> None:
        said.append(message)

    await handler(request_for(address), receive, send)
    return said[0]["status"], said[1]["body"]


@pytest.mark.usefixtures("cloned_database")
def test_a_page_is_answered_in_one_thread_that_lives_on(handler: PageHandler) -> None:
    for _ in range(3):
        assert asyncio.run(ask(handler, "/page/")) == (200, b"words")
    assert len(threads) == 9
    assert set(threads) == {"page_0"}


@pytest.mark.usefixtures("cloned_database")
def test_a_thread_lets_its_connection_go_whatever_happened(handler: PageHandler) -> None:
    asyncio.run(ask(handler, "/page/"))
    asyncio.run(ask(handler, "/broken/"))
    assert [used.connection for used in connections_used] == [None, None]


@pytest.mark.usefixtures("cloned_database")
def test_pages_at_once_have_threads_of_their_own(handler: PageHandler) -> None:
    async def many() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(ask(handler, "/page/") for _ in range(5)))

    assert asyncio.run(many()) == [(200, b"words")] * 5
    assert {name.partition("_")[0] for name in threads} == {"page"}


@pytest.mark.usefixtures("cloned_database")
def test_a_page_goes_on_to_its_end_when_its_visitor_leaves_while_others_are_told(
    handler: PageHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed is: files written for it stay, and what else is to be done then is done."""
    monkeypatch.setattr(live, "get_channel_layer", lambda: deaf)

    async def leave() -> None:
        heard = iter([{"type": "http.request"}])

        async def receive() -> dict[str, Any]:
            if message := next(heard, None):
                return message
            await asyncio.to_thread(deaf.asked.wait)
            return {"type": "http.disconnect"}

        async def send(_message: Mapping[str, Any]) -> None:
            """Nobody is there."""

        await handler(request_for("/deaf/"), receive, send)

    asyncio.run(leave())
    assert deaf.finished.wait(live.PATIENCE_SECONDS)


def test_only_what_stands_before_the_pages_is_asynchronous() -> None:
    """A synchronous middleware among the first ones would bring back a thread and a loop for each request."""
    assert settings.MIDDLEWARE[:3] == [
        "core.middleware.HealthMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "servestatic.middleware.ServeStaticMiddleware",
    ]
    assert iscoroutinefunction(PageHandler()._middleware_chain)  # type: ignore[attr-defined]
