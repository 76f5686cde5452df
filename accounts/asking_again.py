"""The legal texts that changed since a member accepted them: what each request asks first."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import legal
from accounts.models import User
from accounts.selectors import texts_to_accept

# Session: the versions all accepted, or seen and left for later.
ACCEPTED, SEEN = "legal_accepted", "legal_seen"
# What binds anew: only for who accepted the texts in force.
BINDING = frozenset(
    {
        "billing:credit_top_up",
        "bookings:new",
        "bookings:suggestion_new",
        "catalog:training_new",
        "catalog:training_submission",
        "mentors:application",
        "mentors:mandate",
        "messaging:contact",
    }
)
# Never in the way: a session that runs, the account itself, the texts, the team, help.
NEVER = ("accounts:", "account_", "mfa_", "sessions_video:", "admin:", "demo:", "pages:", "support:")


class LegalMiddleware:
    """Members who accepted a former version are asked again: once at their next visit, and before what binds anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        user, versions = request.user, legal.fingerprint()
        if hasattr(request, "viewing"):
            # The session is of somebody of the team, the member another: nothing is asked of either, nor remembered.
            return None
        if not isinstance(user, User) or request.session.get(ACCEPTED) == versions:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_binding = name in BINDING
        if not (is_binding or _is_visit(request, name)):
            return None
        if not texts_to_accept(user):
            request.session[ACCEPTED] = versions
            return None
        if not is_binding and request.session.get(SEEN) == versions:
            return None
        request.session[SEEN] = versions
        goal = request.get_full_path() if request.method == "GET" else ""
        return redirect(f"{reverse('accounts:texts')}?{urlencode({'next': goal})}")


def _is_visit(request: HttpRequest, name: str) -> bool:
    """A page somebody opens: no part of one, no file, no answer to a program."""
    is_page = request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    is_home = name == "pages:account"
    return is_page and "HX-Request" not in request.headers and (is_home or not name.startswith(NEVER))
