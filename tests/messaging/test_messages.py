from uuid import uuid4

import pytest
from django.http import Http404

from accounts.models import User
from messaging.errors import EmptyMessage, MessageTooLong, NotInThread, YourselfRefused
from messaging.models import Message, Thread
from messaging.rules import looks_like_contact_details
from messaging.selectors import get_thread_for, inbox_rows, recent_messages, thread_between, unread_count
from messaging.services import get_or_create_thread, mark_read, post_card, send_message


def test_a_pair_has_one_thread_whoever_begins(karim: User, claire: User, thread: Thread) -> None:
    assert get_or_create_thread(one=claire, other=karim) == thread
    assert thread_between(karim, claire) == thread_between(claire, karim) == thread
    assert thread.other(karim) == claire
    assert thread.other(claire) == karim


def test_nobody_writes_to_himself(karim: User) -> None:
    with pytest.raises(YourselfRefused):
        get_or_create_thread(one=karim, other=karim)


def test_a_message_is_unread_for_the_other_only_until_he_reads_it(karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body=" Bonjour ")
    assert (unread_count(karim), unread_count(claire)) == (0, 1)
    assert [message.body for message in recent_messages(thread)] == ["Bonjour"]
    mark_read(thread=thread, user=claire)
    assert unread_count(claire) == 0


def test_what_came_after_the_page_was_shown_stays_unread(karim: User, claire: User, thread: Thread) -> None:
    seen = send_message(thread=thread, author=karim, body="Un")
    send_message(thread=thread, author=karim, body="Deux")
    mark_read(thread=thread, user=claire, up_to=seen.pk)
    assert unread_count(claire) == 1


def test_answering_means_having_read(karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour")
    send_message(thread=thread, author=claire, body="Bonjour Karim")
    assert (unread_count(karim), unread_count(claire)) == (1, 0)


def test_the_same_message_sent_twice_is_stored_once(karim: User, thread: Thread) -> None:
    client_id = uuid4()
    first = send_message(thread=thread, author=karim, body="Bonjour", client_id=client_id)
    assert send_message(thread=thread, author=karim, body="Bonjour", client_id=client_id) == first
    assert Message.objects.count() == 1


def test_an_empty_or_endless_message_is_refused(karim: User, thread: Thread) -> None:
    with pytest.raises(EmptyMessage):
        send_message(thread=thread, author=karim, body=" \n ")
    with pytest.raises(MessageTooLong):
        send_message(thread=thread, author=karim, body="a" * 4001)


def test_a_stranger_neither_reads_nor_writes(nadia: User, thread: Thread) -> None:
    with pytest.raises(NotInThread):
        send_message(thread=thread, author=nadia, body="Bonjour")
    with pytest.raises(NotInThread):
        mark_read(thread=thread, user=nadia)
    with pytest.raises(Http404):
        get_thread_for(nadia, thread.reference)


def test_a_card_of_the_product_is_unread_for_both(karim: User, claire: User, thread: Thread) -> None:
    post_card(thread=thread, kind="booking", reference="booking:x", data={"event": "lapsed"})
    assert (unread_count(karim), unread_count(claire)) == (1, 1)


def test_only_what_came_after_is_read_again(karim: User, thread: Thread) -> None:
    sent = [send_message(thread=thread, author=karim, body=str(number)) for number in range(5)]
    assert [message.body for message in recent_messages(thread, after_id=sent[2].pk)] == ["3", "4"]
    assert [message.body for message in recent_messages(thread, limit=2)] == ["3", "4"]


def test_threads_with_something_new_come_first(karim: User, claire: User, nadia: User, thread: Thread) -> None:
    send_message(thread=thread, author=claire, body="Bonjour Karim")
    other = get_or_create_thread(one=karim, other=nadia)
    send_message(thread=other, author=karim, body="Bonjour Nadia")
    get_or_create_thread(one=claire, other=nadia)
    rows = inbox_rows(karim)
    assert [(row.other, row.unread) for row in rows] == [(claire, 1), (nadia, 0)]
    mark_read(thread=thread, user=karim)
    rows = inbox_rows(karim)
    assert [row.other for row in rows] == [nadia, claire]
    assert inbox_rows(claire)[0].last is not None


@pytest.mark.requirement("SK-54")
@pytest.mark.parametrize(
    "text",
    [
        "écrivez-moi à karim.benali@exemple.fr",
        "karim (at) exemple point fr",
        "mon numéro : 06 12 34 56 78",
        "appelez le 0612345678.",
        "+33 6 12 34 56 78",
        "06.12.34.56.78",
    ],
)
def test_an_address_or_a_number_is_recognised(text: str) -> None:
    assert looks_like_contact_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rendez-vous le 08/12/2026 à 14:30",
        "J’ai 12 000 lignes et 3 colonnes",
        "La facture de 1 234,50 € du 04.12.2026",
        "Version 3.11.7 de Python, commit 4f2a9",
        "le code @home du fichier",
    ],
)
def test_ordinary_words_are_not_taken_for_contact_details(text: str) -> None:
    assert not looks_like_contact_details(text)
