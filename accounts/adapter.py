from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.closings import closing_to_return_from
from accounts.models import User
from core.errors import RateLimited
from core.limits import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's door to our rules."""

    error_messages = DefaultAccountAdapter.error_messages | {"too_many_login_attempts": RateLimited.user_message}

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(client_address(request))

    def is_safe_url(self, url: str) -> bool:
        """What is no address at all is no safe one either."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Its e-mails wear the layout of all the others, which names the site and the recipient."""
        super().send_mail(
            template_prefix, email, context | {"site_name": settings.SITE_NAME, "recipient": {"email": email}}
        )

    def post_login(
        self, request: HttpRequest, user: User, *, signup: bool, redirect_url: str | None, **login: Any
    ) -> HttpResponse:
        """A new member meets the registration form first, then goes where he was going (ST-13)."""
        response: HttpResponse = super().post_login(request, user, signup=signup, redirect_url=redirect_url, **login)
        if not signup:
            return response
        goal = response.headers.get("Location", "")
        return redirect(f"{reverse('pages:welcome')}?{urlencode({'next': goal})}" if goal else "pages:welcome")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Who closed his account and knows his password is asked whether he comes back (ST-22)."""
        closing = closing_to_return_from(user)
        if closing:
            return redirect("accounts:reactivation", closing.reference)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's door to our rules about second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Vous travaillez pour l’équipe\u202f: la double authentification reste activée."
        ),
    }

    def get_totp_issuer(self) -> str:
        """How the application of the telephone names us."""
        return settings.SITE_NAME

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (authenticator.user.is_staff and settings.TEAM_NEEDS_SECOND_FACTOR)
