"""What happens when allauth says that somebody signed up."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from accounts.models import User
from accounts.services import create_page


@receiver(user_signed_up)
def open_page(sender: type[User], user: User, **_news: Any) -> None:
    create_page(user=user)
