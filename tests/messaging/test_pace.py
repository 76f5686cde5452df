"""How much one person writes, and to how many strangers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from core import clock
from messaging.errors import TooManyFirstMessages, TooManyMessages
from messaging.models import Message, Thread
from messaging.services import get_or_create_thread, send_message, write_first
from tests import people


@pytest.fixture(autouse=True)
def _few() -> Iterator[None]:
    with override_settings(MESSAGES_PER_HOUR=3, FIRST_MESSAGES_PER_DAY=2):
        yield


def test_after_many_messages_in_an_hour_one_waits_and_keeps_his_words(
    client: Client, karim: User, thread: Thread
) -> None:
    client.force_login(karim)
    for number in range(4):
        answer = client.post(thread.get_absolute_url(), {"body": f"Mot {number}"})
    page = answer.content.decode()
    assert "Réessayez dans quelques minutes." in page
    assert "Mot 3</textarea>" in page
    assert Message.objects.count() == 3
    send_message(thread=thread, author=karim, body="Plus tard", now=clock.now() + timedelta(hours=1, seconds=1))


def test_the_pace_of_one_is_not_the_pace_of_the_other(karim: User, claire: User, thread: Thread) -> None:
    for number in range(3):
        send_message(thread=thread, author=karim, body=str(number))
    with pytest.raises(TooManyMessages):
        send_message(thread=thread, author=karim, body="Trop")
    send_message(thread=thread, author=claire, body="Bonjour")


def test_after_many_strangers_in_a_day_one_waits_and_keeps_his_words(
    client: Client, karim: User, claire: User, nadia: User
) -> None:
    for other in (claire, nadia):
        write_first(author=karim, to=other, body="Bonjour")
    last = people.member("Omar", "Diallo")
    client.force_login(karim)
    page = client.post(reverse("messaging:contact", args=[last.page.slug]), {"body": "Bonjour Omar"}).content.decode()
    assert "Réessayez demain" in page
    assert "Bonjour Omar</textarea>" in page
    assert Thread.objects.count() == 2
    send_message(thread=get_or_create_thread(one=karim, other=claire), author=karim, body="On continue")
    tomorrow = clock.now() + timedelta(days=1, seconds=1)
    write_first(author=karim, to=last, body="Bonjour", now=tomorrow)


def test_answering_many_strangers_is_not_writing_to_them_first(karim: User, claire: User, nadia: User) -> None:
    for other in (claire, nadia):
        write_first(author=other, to=karim, body="Bonjour")
    write_first(author=karim, to=people.member("Omar", "Diallo"), body="Bonjour")
    write_first(author=karim, to=people.member("Lise", "Petit"), body="Bonjour")
    with pytest.raises(TooManyFirstMessages):
        write_first(author=karim, to=people.member("Paul", "Morin"), body="Bonjour")
