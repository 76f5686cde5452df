"""E-mails about the account itself, in the language and the time of their reader.

`notifications` stands above and is not known here: Django's own door leads to its outbox, in the same transaction.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from core.text import one_line


def write(*, to: User, letter: str, url: str, **facts: Any) -> None:
    """One of `templates/accounts/email/<letter>/`; `url` is the page of its one link, without host."""
    context = {
        **facts,
        "recipient": to,
        "site_name": settings.SITE_NAME,
        "absolute_url": settings.BASE_URL + url,
        "base_url": settings.BASE_URL,
    }
    folder = f"accounts/email/{letter}"
    with translation.override(to.language), timezone.override(to.zone):
        subject = one_line(render_to_string(f"{folder}/subject.txt", context))
        message = EmailMultiAlternatives(
            subject=subject, body=render_to_string(f"{folder}/body.txt", context).strip() + "\n", to=[to.email]
        )
        html = render_to_string(f"{folder}/body.html", context | {"subject": subject})
        message.attach_alternative(html, "text/html")
        message.send()
