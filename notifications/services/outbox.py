"""Writing an e-mail as a row, with the fact it announces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction

from accounts.models import User
from core import clock
from core.identifiers import new_reference
from core.jobs import enqueue
from notifications.models import Email, EmailAttachment


@dataclass(frozen=True)
class Attachment:
    filename: str
    mimetype: str
    content: bytes


@dataclass(frozen=True)
class Rendered:
    subject: str
    body_text: str
    body_html: str


@transaction.atomic(savepoint=False)
def store_email(
    *,
    to: str,
    kind: str,
    rendered: Rendered,
    recipient: User | None = None,
    attachments: Sequence[Attachment] = (),
    unsubscribe_url: str = "",
    now: datetime | None = None,
) -> Email:
    """The row of one e-mail to one address; a worker hands it over after the commit."""
    moment = now or clock.now()
    reference = new_reference()
    email = Email.objects.create(
        reference=reference,
        recipient=recipient,
        kind=kind,
        message_id=f"<{reference}@{urlsplit(settings.BASE_URL).hostname}>",
        to=to,
        subject=rendered.subject[:300],
        body_text=rendered.body_text,
        body_html=rendered.body_html,
        unsubscribe_url=unsubscribe_url,
        created_at=moment,
        next_attempt_at=moment,
    )
    EmailAttachment.objects.bulk_create(
        EmailAttachment(email=email, filename=file.filename, mimetype=file.mimetype, content=file.content)
        for file in attachments
    )
    enqueue("notifications.send_email", email_id=email.pk)
    return email


@transaction.atomic
def store_message(*, message: EmailMessage, now: datetime | None = None) -> int:
    """Store a message of Django's own kind (account confirmation, new password…), one row per address."""
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(content) for content, mimetype in message.alternatives if mimetype == "text/html"), "")
    rendered = Rendered(str(message.subject), str(message.body), html)
    addresses = message.recipients()
    for address in addresses:
        recipient = User.objects.filter(email__iexact=address).first()
        store_email(to=address, kind="account", rendered=rendered, recipient=recipient, now=now)
    return len(addresses)
