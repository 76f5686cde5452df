"""How a page is answered under ASGI: as one piece of work, in a thread that lives on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class PageHandler(ASGIHandler):
    """Django's own goes to and fro between the event loop and a thread made for each request: at every middleware of
    the other kind, every `process_view`, the view. Ours are synchronous, but for the first ones, up to static files:
    those stay in the loop, and the rest is one passage (ADR 20).
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(settings.PAGE_THREADS, thread_name_prefix="page")
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002
        """Django adapts each middleware to the one within it, beginning with the view: that one is synchronous."""
        super().load_middleware(is_async=False)

    def adapt_method_mode(
        self,
        is_async: bool,  # noqa: FBT001
        method: Any,
        method_is_async: bool | None = None,  # noqa: FBT001
        debug: bool = False,  # noqa: FBT001, FBT002
        name: str | None = None,
    ) -> Any:
        if is_async and not method_is_async:
            return sync_to_async(_with_its_connections(method), thread_sensitive=False, executor=self._threads)
        if method_is_async and name is None:
            # The outermost, for which Django was told above to prepare a synchronous server.
            return method
        return super().adapt_method_mode(is_async, method, method_is_async, debug, name)


def _with_its_connections(answer: Answer) -> Answer:
    """Django's signal at the end of a request is sent from another thread, whose connections are others."""

    @wraps(answer)
    def answer_and_let_go(request: HttpRequest) -> HttpResponse:
        try:
            return answer(request)
        finally:
            close_old_connections()

    return answer_and_let_go
