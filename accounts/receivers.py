"""What happens when allauth says that somebody signed up, came in, or could not prove who he is."""

from typing import Any

from allauth.account.signals import user_logged_in, user_signed_up
from allauth.mfa.signals import authentication_failed
from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from accounts.models import User
from accounts.roles import follow_table
from accounts.selectors import by_address
from accounts.services import create_page, note_entrance


@receiver(user_signed_up)
def open_page(sender: type[User], user: User, **_news: Any) -> None:
    create_page(user=user)


@receiver(user_logged_in)
def trace_entrance(sender: type[User], user: User, **_news: Any) -> None:
    note_entrance(user=user, action="signed_in")


@receiver(authentication_failed)
def trace_refused_factor(sender: Any, user: User, **_news: Any) -> None:
    note_entrance(user=user, action="second_factor_refused")


@receiver(user_login_failed)
def trace_refused_password(sender: Any, credentials: dict[str, Any], **_news: Any) -> None:
    if user := by_address(str(credentials.get("email", ""))):
        note_entrance(user=user, action="password_refused")


@receiver(post_migrate)
def give_permissions(sender: AppConfig, **_news: Any) -> None:
    """Django made the permissions of this app a moment ago: its own receiver was registered first."""
    follow_table(sender.label)
