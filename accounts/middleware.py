"""What each request goes through: « voir comme », language and time zone, who was signed out, what the team proves."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts import viewing
from accounts.models import User
from accounts.selectors import works_for_team
from core.observation import occasion

TEAM_PLACES: Final = ("/admin/", "/equipe/")


def _visitor_language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class PreferencesMiddleware:
    """Language and time zone: a member's from his account, a visitor's language from his cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            occasion.note(user=user.pk)
            with translation.override(user.language), timezone.override(user.zone):
                return self._answer(request)
        with translation.override(_visitor_language(request)):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


class SignedOutMiddleware:
    """Parts of a page that a script asks for after its reader was signed out: the whole page goes to the log-in.

    A script follows a redirection by itself and would show the log-in in the middle of a conversation.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "HX-Request" not in request.headers or not isinstance(response, HttpResponseRedirect):
            return response
        login = resolve_url(settings.LOGIN_URL)
        if response.url.partition("?")[0] != login:
            return response
        return HttpResponseClientRedirect(f"{login}?{urlencode({'next': _page_of(request)})}")


def _page_of(request: HttpRequest) -> str:
    """The one whose script asks, as the script says."""
    try:
        return HtmxDetails(request).current_url_abs_path or "/"
    except ValueError:
        # No address at all, such as `http://[`.
        return "/"


class SecondFactorMiddleware:
    """Whoever works for the team without a second factor is led to activate one before he sees what is the team's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not request.path_info.startswith(TEAM_PLACES):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_staff or works_for_team(user):
            return None
        messages.warning(
            request, _("Activez d’abord la double authentification\u202f: l’équipe ne travaille pas sans.")
        )
        return redirect("mfa_activate_totp")


class ViewAsMiddleware:
    """Shows the site as a member sees it to somebody of the team: only reading passes (`accounts.viewing`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Nothing is asked of the database for everybody else.
        seen = viewing.current(request.session, request.user) if viewing.KEY in request.session else None
        if seen is None:
            return self.get_response(request)
        name = _name_of(request)
        if name == viewing.END and request.method == "POST":
            return self.get_response(request)
        request.viewing, request.user = seen, seen.member  # type: ignore[attr-defined]
        occasion.note(seen_by=seen.by.pk)
        if request.method not in {"GET", "HEAD"}:
            return render(request, "accounts/viewing_refused.html", {"writes": True}, status=HTTPStatus.FORBIDDEN)
        if viewing.is_hidden(name):
            return render(request, "accounts/viewing_refused.html", status=HTTPStatus.NOT_FOUND)
        return self.get_response(request)


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
