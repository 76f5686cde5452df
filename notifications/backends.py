"""Django's e-mail backend of the product: every e-mail, allauth's too, becomes a row first (docs/adr/0006)."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.services.outbox import store_message


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store one row per address. Never fails for the mail server's sake."""
        return sum(store_message(message=message) for message in email_messages)
