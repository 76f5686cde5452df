"""What machines ask, before anything that belongs to people: no session, no host name, no way to TLS."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.health import readiness
from core.observation import exposition


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """This process answers. A database that is down is no reason to end it."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """This process can serve: 503 and the names of what it lacks otherwise."""
    failing = readiness.failing()
    if failing:
        words = f"not ready: {', '.join(failing)}"
        return HttpResponse(words, status=HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with its token. To anybody else this address does not exist."""
    if not exposition.is_allowed(request):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return HttpResponse(exposition.page(), content_type=exposition.CONTENT_TYPE_LATEST)
