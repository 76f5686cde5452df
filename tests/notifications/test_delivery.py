from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import User
from core import clock
from notifications import services
from notifications.models import Email
from notifications.services import Attachment
from notifications.states import BACKOFF
from notifications.tasks import send_due_emails, send_email


class FlakyBackend(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, email_messages: object) -> int:
        raise SMTPException("451 try again later")


@pytest.fixture
def email(karim: User) -> Email:
    services.notify(
        recipient=karim,
        kind="messaging.unread",
        url="/messagerie/abc/",
        context={"author": karim, "count": 1, "excerpt": "À demain"},
        attachments=[Attachment("session.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\n")],
    )
    return Email.objects.get()


def test_an_email_is_sent_once_with_both_bodies_and_its_files(email: Email) -> None:
    send_email(email_id=email.pk)
    send_email(email_id=email.pk)
    send_due_emails()
    (sent,) = mail.outbox
    assert sent.to == [email.to]
    assert sent.body == email.body_text
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert sent.alternatives[0][1] == "text/html"
    raw = sent.message()
    assert raw["Message-ID"] == email.message_id
    calendar = [part for part in raw.walk() if part.get_content_type() == "text/calendar"]
    assert calendar[0].get_param("method") == "REQUEST"
    email.refresh_from_db()
    assert email.sent_at is not None


def test_a_failure_is_tried_again_later_with_the_same_message_id(email: Email, settings: object) -> None:
    now = clock.now()
    settings.EMAIL_DELIVERY_BACKEND = f"{__name__}.FlakyBackend"  # type: ignore[attr-defined]
    assert services.deliver(email_id=email.pk, now=now) is False
    email.refresh_from_db()
    assert email.sent_at is None
    assert "451" in email.last_error
    assert email.next_attempt_at == now + BACKOFF[0]
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    assert services.deliver(email_id=email.pk, now=now) is False
    later = now + BACKOFF[0]
    assert services.due_email_ids(now=later) == [email.pk]
    assert services.deliver(email_id=email.pk, now=later) is True
    assert mail.outbox[0].message()["Message-ID"] == email.message_id


def test_a_worker_that_dies_while_sending_leaves_a_row_that_comes_back(email: Email) -> None:
    now = clock.now()
    assert services.claim_email(email_id=email.pk, now=now) is not None
    assert services.claim_email(email_id=email.pk, now=now) is None
    assert services.due_email_ids(now=now + BACKOFF[0]) == [email.pk]


def test_an_email_is_given_up_after_the_last_attempt(email: Email, settings: object) -> None:
    settings.EMAIL_DELIVERY_BACKEND = f"{__name__}.FlakyBackend"  # type: ignore[attr-defined]
    moment = clock.now()
    for _attempt in range(len(BACKOFF) + 1):
        services.deliver(email_id=email.pk, now=moment)
        moment += timedelta(days=2)
    email.refresh_from_db()
    assert email.next_attempt_at is None
    assert email.attempts == len(BACKOFF) + 1
    assert services.due_email_ids(now=moment + timedelta(days=365)) == []
