"""Showing the team what is not right, and its answer."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from core.errors import IllegalMove
from messaging.models import Report, Thread, Topic
from messaging.services import dismiss_report, report, send_message, write_first
from notifications.models import Email
from tests.accounts.team import decided_on


def text_of(answer: object) -> str:
    return answer.content.decode().replace("\u202f", " ")  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi")


def address(thread: Thread, message_id: int | str = "") -> str:
    query = f"?message={message_id}" if message_id else ""
    return reverse("messaging:report", args=[thread.reference]) + query


def test_a_message_is_shown_to_the_team_with_those_around_it(
    client: Client, karim: User, claire: User, staff: User, thread: Thread
) -> None:
    for number in range(20):
        send_message(thread=thread, author=karim, body=f"Mot {number:02}.")
    bad = send_message(thread=thread, author=karim, body="Payez-moi ailleurs.")
    client.force_login(claire)
    data = {"topic": Topic.SCAM, "words": "Il insiste.", "client_id": uuid4()}
    for _twice in range(2):
        assert client.post(address(thread, bad.pk), data).status_code == 302
    made = Report.objects.get()
    assert (made.person, made.message, made.author) == (karim, bad, claire)
    client.force_login(staff)
    assert "Arnaque" in text_of(client.get(reverse("admin:messaging_report_changelist")))
    page = text_of(client.get(reverse("admin:messaging_report_change", args=[made.pk])))
    assert "Payez-moi ailleurs." in page
    assert "Mot 19." in page
    assert "Mot 05." not in page


def test_the_answer_of_the_team_reaches_who_reported_and_nobody_else(
    client: Client, karim: User, claire: User, staff: User, thread: Thread
) -> None:
    made = report(thread=thread, by=claire, topic=Topic.INSULT, client_id=uuid4())
    client.force_login(staff)
    decision = reverse("admin:messaging_report_decision", args=[made.pk, "validation"])
    decided_on(client, decision, reason="Ce membre est prévenu.")
    made.refresh_from_db()
    assert (made.outcome, made.decided_by) == ("upheld", staff)
    mail = Email.objects.get()
    assert mail.to == claire.email
    assert "Ce membre est prévenu." in mail.body_text
    assert AuditEntry.objects.get().reference == f"report:{made.pk}"
    with pytest.raises(IllegalMove):
        dismiss_report(report=made, by=staff, reason="Non")
    assert Email.objects.count() == 1


def test_a_topic_is_asked_for_and_words_are_kept(client: Client, claire: User, thread: Thread) -> None:
    client.force_login(claire)
    page = text_of(client.post(address(thread), {"words": "Il insiste.", "client_id": uuid4()}))
    assert "Choisissez ce qui se passe." in page
    assert "Il insiste.</textarea>" in page
    assert not Report.objects.exists()


def test_only_words_of_the_other_in_this_conversation_are_reported(
    client: Client, karim: User, claire: User, nadia: User, thread: Thread
) -> None:
    own = send_message(thread=thread, author=claire, body="Bonjour")
    elsewhere = write_first(author=nadia, to=karim, body="Ailleurs")
    client.force_login(claire)
    for wrong in (own.pk, elsewhere.pk, "0x1", "9" * 30):
        assert client.get(address(thread, wrong)).status_code == 404


def test_reports_of_one_person_are_bounded(
    client: Client, claire: User, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.services.reports.MOST_PER_DAY", 1)
    report(thread=thread, by=claire, topic=Topic.OTHER, client_id=uuid4())
    client.force_login(claire)
    page = text_of(client.post(address(thread), {"topic": "other", "words": "Encore", "client_id": uuid4()}))
    assert "beaucoup de signalements" in page
    assert Report.objects.count() == 1
