"""What views ask of a request about its member."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`, for type checkers: its user is a member."""

    user: User


def member_of(request: HttpRequest) -> User:
    """The signed-in member, for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def safe_next(request: HttpRequest, value: str | None) -> str:
    """`value` when it is an address of this site, else nothing."""
    goal = value or ""
    allowed = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return goal if allowed else ""
