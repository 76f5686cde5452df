"""Error pages keep navigation and language."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from core.observation import occasion

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Rendered without the request: what it says may be what is wrong, its host for one."""
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: the database or the session may be what failed.

    The support reference printed on the page is found again in the journal: every line of that request carries it.
    """
    reference = occasion.named_request()
    logger.error("Page of error %s shown", reference)
    context = {"reference": reference, "contact_email": settings.CONTACT_EMAIL}
    return HttpResponse(render_to_string("500.html", context), status=500)
