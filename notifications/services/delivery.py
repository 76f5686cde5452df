"""Handing e-mails over: claim, send without any lock, record."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from core import clock
from notifications.models import Email
from notifications.states import BACKOFF

log = logging.getLogger(__name__)


def due_email_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    return list(Email.objects.due(now or clock.now()).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def claim_email(*, email_id: int, now: datetime | None = None) -> Email | None:
    """Take a due e-mail for one attempt; None if it is sent, not due, or held by another worker.

    The next attempt is dated before the sending: a worker that dies in between leaves a row that comes back.
    """
    moment = now or clock.now()
    email = Email.objects.due(moment).filter(pk=email_id).select_for_update(skip_locked=True).first()
    if email is None:
        return None
    email.next_attempt_at = moment + BACKOFF[email.attempts] if email.attempts < len(BACKOFF) else None
    email.attempts += 1
    email.save(update_fields=["next_attempt_at", "attempts"])
    return email


def deliver(*, email_id: int, now: datetime | None = None) -> bool:
    """Claim and send one e-mail. True if it was handed over."""
    email = claim_email(email_id=email_id, now=now)
    if email is None:
        return False
    try:
        _as_message(email).send()
    except (SMTPException, OSError) as error:
        log.warning("e-mail %s not sent: %s", email.pk, error)
        Email.objects.filter(pk=email.pk).update(last_error=str(error)[:300])
        return False
    Email.objects.filter(pk=email.pk).update(sent_at=now or clock.now(), next_attempt_at=None, last_error="")
    return True


def _headers(email: Email) -> dict[str, str]:
    """What mail programs show as « unsubscribe », by one POST (RFC 8058)."""
    headers = {"Message-ID": email.message_id}
    if email.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _as_message(email: Email) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.body_text,
        to=[email.to],
        headers=_headers(email),
        connection=get_connection(settings.EMAIL_DELIVERY_BACKEND),
    )
    if email.body_html:
        message.attach_alternative(email.body_html, "text/html")
    for file in email.attachments.all():
        message.attach(file.filename, bytes(file.content), file.mimetype)
    return message
