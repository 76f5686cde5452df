"""Around every page: its number, what it cost, one line in the journal."""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.observation import counts, occasion

log = logging.getLogger(__name__)
HEADER: Final = "X-Request-ID"
WELL_FORMED: Final = re.compile(r"[0-9A-Za-z._-]{8,64}")
# Whoever invents a verb gets no name of his own in the counts.
VERBS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
OTHER: Final = "other"
NO_PAGE: Final = "none"


class ObservationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        name = given_name(request) or occasion.new_request_id()
        occasion.begin(request_id=name)
        response = self.get_response(request)
        response.headers[HEADER] = name
        _tell(request, response.status_code, perf_counter() - started)
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        occasion.note(page=page_of(request))


def given_name(request: HttpRequest) -> str:
    """The number a proxy of ours gave; what comes from elsewhere anybody may have written."""
    told = request.headers.get(HEADER, "") if settings.TRUSTED_PROXIES else ""
    return told if WELL_FORMED.fullmatch(told) else ""


def page_of(request: HttpRequest) -> str:
    """The name of the address: one of those in the code, never what was asked for."""
    return request.resolver_match.view_name if request.resolver_match else NO_PAGE


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    verb = request.method if request.method in VERBS else OTHER
    page = page_of(request)
    said = {"method": verb, "page": page, "status": status, "ms": round(1000 * seconds, 1)}
    log.info("%s %s %s", verb, page, status, extra=said)
    counts.count(counts.REQUESTS, page, verb, str(status))
    counts.spend(counts.REQUEST_SECONDS, seconds, page, verb)
