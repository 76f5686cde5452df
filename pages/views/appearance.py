"""Theme and language: kept in a cookie, and on the account of a member, so that the first paint is right."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import Theme, User
from accounts.services import set_preferences
from pages.chrome import THEME_COOKIE
from pages.cookies import ONE_YEAR


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    response = _back(request)
    if chosen in Theme.values:
        if isinstance(request.user, User):
            _keep(request.user, theme=chosen)
        _remember(response, THEME_COOKIE, chosen)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            _keep(request.user, language=chosen)
        _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


def _keep(user: User, *, theme: str = "", language: str = "") -> None:
    set_preferences(
        user=user,
        first_name=user.first_name,
        last_name=user.last_name,
        time_zone=user.time_zone,
        language=language or user.language,
        theme=theme or user.theme,
    )


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the switch was on; never to another site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("pages:home")
    return HttpResponseRedirect(target)


def _remember(response: HttpResponse, name: str, chosen: str) -> None:
    response.set_cookie(
        name, chosen, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
