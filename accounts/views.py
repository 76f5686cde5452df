"""allauth's views, where ours adds something."""

from allauth.account.views import signup as allauth_signup
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse


def signup(request: HttpRequest) -> HttpResponse:
    """The whole account or nothing of it. Of two forms sent at once, the second finds an address that is known."""
    try:
        return _signup(request)
    except IntegrityError:
        return _signup(request)


@transaction.atomic
def _signup(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = allauth_signup(request)
    return response
