"""What is answered before any page sees it: probes, and what no page can make sense of."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import RateLimited
from core.views import alive, metrics, ready

Answer = HttpResponse | Awaitable[HttpResponse]

# What the page says.
RETRY_SECONDS: Final = 300


class HealthMiddleware:
    """Answers probes and Prometheus first of all: without TLS, by the address of a machine, they ask for no person."""

    sync_capable = async_capable = True
    views: Final = {"/sante/": alive, "/sante/pret/": ready, "/metriques/": metrics}

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        view = self.views.get(request.path_info)
        if view is None:
            return self.get_response(request)
        return sync_to_async(view)(request) if self._is_async else view(request)


class ReadableAddressMiddleware:
    """No text of ours holds a NUL, and PostgreSQL takes none: an address that carries one was not typed by a person.

    Forms refuse it by themselves. Lists, searches and filters read the address, those of the team as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Here rather than on the way in: the page that says so needs to know who asks."""
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")


class PaceMiddleware:
    """A page that no form can say it on: too often (core.limits)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RateLimited):
            return None
        answer = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer


class IsolationMiddleware:
    """No other site embeds what is ours, not even as a picture it cannot read (Cross-Origin-Resource-Policy)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return answer
