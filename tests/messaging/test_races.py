"""Blocking while somebody writes, on a database where commits are real."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import User
from core.errors import DomainError
from messaging.errors import BlockedByOther
from messaging.models import Message
from messaging.services import block, get_or_create_thread, send_message, write_first
from tests import people
from tests.databases import in_threads, wait_for_lock

pytestmark = pytest.mark.usefixtures("cloned_database")


@pytest.fixture
def writer(cloned_database: str) -> User:
    return people.member("Karim", "Benali")


@pytest.fixture
def reader(cloned_database: str) -> User:
    return people.member("Claire", "Roux")


def test_nothing_arrives_after_a_block_that_was_begun_first(writer: User, reader: User) -> None:
    """The block holds the conversation: a message sent meanwhile waits for it, then is refused."""
    thread = get_or_create_thread(one=writer, other=reader)
    is_blocked = Event()

    def write() -> object:
        try:
            is_blocked.wait(10)
            return send_message(thread=thread, author=writer, body="Encore")
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            block(by=reader, person=writer)
            sent = pool.submit(write)
            is_blocked.set()
            wait_for_lock()
        assert isinstance(sent.result(10), BlockedByOther)
    assert not Message.objects.exists()


def test_first_words_and_a_block_at_once_leave_one_order(writer: User, reader: User) -> None:
    results = in_threads(
        lambda: write_first(author=writer, to=reader, body="Bonjour"), lambda: block(by=reader, person=writer)
    )
    refused = [each for each in results if isinstance(each, DomainError)]
    assert len(refused) + Message.objects.count() == 1
    with pytest.raises(BlockedByOther):
        write_first(author=writer, to=reader, body="Encore")


def test_the_first_words_sent_twice_at_once_are_one_message(writer: User, reader: User) -> None:
    client_id = uuid4()
    in_threads(*[lambda: write_first(author=writer, to=reader, body="Bonjour", client_id=client_id)] * 3)
    assert Message.objects.count() == 1


@override_settings(FIRST_MESSAGES_PER_DAY=2)
def test_many_first_words_at_once_stay_within_the_limit(writer: User) -> None:
    strangers = [people.member(f"Inconnu{number}", "Test") for number in range(4)]
    in_threads(*[partial(write_first, author=writer, to=each, body="Bonjour") for each in strangers])
    assert Message.objects.count() == 2
