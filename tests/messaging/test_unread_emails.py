from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from messaging.models import Thread
from messaging.services import (
    digests_to_send,
    get_or_create_thread,
    mark_read,
    notify_unread,
    post_card,
    send_digest,
    send_message,
    threads_to_remind,
)
from notifications.models import Email
from notifications.services import set_daily, set_muted

START = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def sweep(at: datetime) -> int:
    return sum(notify_unread(state_id=state, now=at) for state in threads_to_remind(now=at))


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.requirement("SK-55", "K-16")
def test_one_email_per_thread_after_ten_minutes_unread(karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    send_message(thread=thread, author=karim, body="Êtes-vous libre jeudi ?", now=START + minutes(5))
    assert sweep(START + minutes(9)) == 0
    assert sweep(START + minutes(10)) == 1
    assert sweep(START + minutes(11)) == 0
    email = Email.objects.get()
    assert email.to == claire.email
    assert email.subject == "Karim Benali vous a écrit 2 messages"
    assert "Êtes-vous libre jeudi" in email.body_text
    assert karim.email not in email.body_text + email.body_html


@pytest.mark.requirement("SK-55", "K-16")
def test_then_at_most_one_a_day_until_it_is_read(karim: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    first = START + minutes(10)
    assert sweep(first) == 1
    send_message(thread=thread, author=karim, body="Toujours là ?", now=START + minutes(30))
    assert sweep(first + DAY - minutes(1)) == 0
    assert sweep(first + DAY) == 1
    assert sweep(first + DAY + minutes(1)) == 0
    assert Email.objects.count() == 2


def test_nothing_is_sent_once_read_and_a_new_message_begins_again(karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    mark_read(thread=thread, user=claire)
    assert sweep(START + DAY) == 0
    send_message(thread=thread, author=karim, body="Encore", now=START + DAY)
    assert sweep(START + DAY + minutes(10)) == 1


def test_reading_a_part_waits_on_the_oldest_that_is_left(karim: User, claire: User, thread: Thread) -> None:
    seen = send_message(thread=thread, author=karim, body="Un", now=START)
    send_message(thread=thread, author=karim, body="Deux", now=START + minutes(8))
    mark_read(thread=thread, user=claire, up_to=seen.pk)
    assert sweep(START + minutes(10)) == 0
    assert sweep(START + minutes(18)) == 1


def test_each_thread_has_its_own_email(karim: User, claire: User, nadia: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    send_message(thread=get_or_create_thread(one=nadia, other=claire), author=nadia, body="Bonsoir", now=START)
    assert sweep(START + minutes(10)) == 2


@pytest.mark.requirement("K-16")
def test_a_card_is_not_mailed_again(thread: Thread, karim: User) -> None:
    post_card(
        thread=thread, kind="booking", reference="booking:x", data={"event": "requested"}, author=karim, now=START
    )
    assert sweep(START + minutes(30)) == 0


def test_nobody_is_written_to_for_ever(karim: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    sent = sum(sweep(START + minutes(10) + DAY * number) for number in range(60))
    assert sent == 7


# --- once a day, all together ---

EVENING = datetime(2026, 12, 2, 17, 0, tzinfo=UTC)  # 18:00 in Paris.


def digest(at: datetime) -> int:
    return sum(send_digest(daily_id=each, now=at) for each in digests_to_send(now=at))


@pytest.fixture
def daily(claire: User) -> User:
    set_daily(user=claire, kind="messaging.unread", daily=True)
    return claire


@pytest.mark.requirement("SK-55", "K-16")
def test_whoever_wants_it_gets_all_conversations_in_one_email_in_the_evening(
    karim: User, nadia: User, daily: User, thread: Thread
) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    send_message(thread=get_or_create_thread(one=nadia, other=daily), author=nadia, body="Bonsoir", now=START)
    assert sweep(START + minutes(30)) == 0
    assert digest(EVENING - minutes(1)) == 0
    assert digest(EVENING) == 1
    assert digest(EVENING + minutes(1)) == 0
    email = Email.objects.get()
    assert (email.to, email.subject) == (daily.email, "2 messages vous attendent")
    for words in ("Karim Benali", "Bonjour", "Nadia Faure", "Bonsoir", "/notifications/arret/"):
        assert words in email.body_text, words
    assert digest(EVENING + DAY) == 1


def test_nothing_is_sent_in_the_evening_when_all_is_read(karim: User, daily: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    mark_read(thread=thread, user=daily)
    assert digest(EVENING) == 0


def test_the_evening_is_that_of_the_member(karim: User, daily: User, thread: Thread) -> None:
    User.objects.filter(pk=daily.pk).update(time_zone="America/Montreal")
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    assert digest(EVENING) == 0
    assert digest(EVENING + minutes(6 * 60)) == 1


def test_whoever_ended_these_emails_gets_none_in_the_evening_either(karim: User, daily: User, thread: Thread) -> None:
    set_muted(user=daily, kind="messaging.unread", muted=True)
    send_message(thread=thread, author=karim, body="Bonjour", now=START)
    digest(EVENING)
    assert not Email.objects.exists()
