import re

import pytest
from django.conf import LazySettings

from accounts.models import User
from notifications import kinds
from notifications.models import Email, Notice
from notifications.selectors import unread_count
from notifications.services import Attachment, notify, set_muted

KIND = "messaging.unread"


def tell(recipient: User, kind: str = KIND, **options: object) -> None:
    context = {"author": recipient, "count": 1, "excerpt": "À demain"}
    notify(recipient=recipient, kind=kind, url="/messagerie/abc/", reference="thread:abc", context=context, **options)  # type: ignore[arg-type]


def test_a_notice_is_a_complete_email_with_one_main_link(karim: User, settings: LazySettings) -> None:
    settings.BASE_URL = "https://skilmi.example"
    tell(karim)
    email = Email.objects.get()
    assert email.to == karim.email
    assert email.subject == "Karim Benali vous a écrit"
    assert "À demain" in email.body_text
    assert "https://skilmi.example/messagerie/abc/" in email.body_text
    main, other = re.findall(r'<a href="([^"]*)"', email.body_html)
    assert main == "https://skilmi.example/messagerie/abc/"
    assert other == email.unsubscribe_url != ""
    assert email.message_id.endswith("@skilmi.example>")


def test_words_of_members_are_escaped_in_html_and_whole_in_text(karim: User) -> None:
    karim.first_name = "<b>Karim</b> & co"
    tell(karim)
    email = Email.objects.get()
    assert "<b>Karim</b>" not in email.body_html
    assert "<b>Karim</b> & co" in email.body_text
    assert "<b>Karim</b> & co" in email.subject


def test_a_kind_says_its_channels(karim: User) -> None:
    tell(karim)
    assert Notice.objects.count() == 0
    kinds.register(kinds.Kind("bookings.test_in_app", email=False))
    try:
        with pytest.raises(Exception, match=r"subject\.txt"):
            tell(karim, kind="bookings.test_in_app")
    finally:
        del kinds._kinds["bookings.test_in_app"]


def test_an_unknown_kind_is_an_error_of_ours(karim: User) -> None:
    with pytest.raises(KeyError):
        tell(karim, kind="nobody.knows")


def test_an_in_app_notice_is_counted_until_it_is_read(karim: User) -> None:
    Notice.objects.create(recipient=karim, kind=KIND, text="Bonjour", url="/compte/", created_at=karim.date_joined)
    assert unread_count(karim) == 1


def test_a_muted_kind_sends_no_email(karim: User) -> None:
    set_muted(user=karim, kind=KIND, muted=True)
    tell(karim)
    assert Email.objects.count() == 0
    set_muted(user=karim, kind=KIND, muted=False)
    tell(karim)
    assert Email.objects.count() == 1


def test_a_notice_about_money_cannot_be_muted(karim: User) -> None:
    set_muted(user=karim, kind="bookings.confirmed", muted=True)
    assert not karim.muted_kinds.exists()


def test_attachments_are_kept_with_the_email(karim: User) -> None:
    tell(karim, attachments=[Attachment("session.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")])
    file = Email.objects.get().attachments.get()
    assert (file.filename, bytes(file.content)) == ("session.ics", b"BEGIN:VCALENDAR")


def test_words_are_in_the_language_and_zone_of_the_recipient(nadia: User) -> None:
    nadia.language = "en"
    nadia.save()
    tell(nadia)
    assert 'lang="en"' in Email.objects.get().body_html


@pytest.mark.parametrize("kind", sorted(kinds.registered()))
def test_each_kind_that_sends_has_its_three_templates(kind: str, settings: LazySettings) -> None:
    folder = settings.BASE_DIR / "templates" / "emails" / kind
    assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}
