"""Wanting nothing more from somebody: what passes, what does not, and what each of the two sees."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from messaging.errors import BlockedByOther, BlockedByYou
from messaging.models import Block, Message, Thread
from messaging.selectors import unread_count
from messaging.services import block, send_message, unblock, write_first
from notifications.models import Email


def text_of(answer: object) -> str:
    return answer.content.decode().replace("\u202f", " ")  # type: ignore[attr-defined, no-any-return]


def page(client: Client, user: User, thread: Thread) -> str:
    client.force_login(user)
    return text_of(client.get(thread.get_absolute_url()))


def test_the_blocked_person_cannot_write_and_keeps_his_words(
    client: Client, karim: User, claire: User, thread: Thread
) -> None:
    block(by=claire, person=karim)
    client.force_login(karim)
    answer = client.post(thread.get_absolute_url(), {"body": "Une dernière chose"})
    assert "Cette personne ne souhaite plus recevoir vos messages" in text_of(answer)
    assert "Une dernière chose</textarea>" in text_of(answer)
    assert not Message.objects.exists()


def test_the_page_that_sends_by_script_is_told_why(client: Client, karim: User, claire: User, thread: Thread) -> None:
    block(by=claire, person=karim)
    client.force_login(karim)
    answer = client.post(thread.get_absolute_url(), {"body": "Encore"}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "ne souhaite plus" in answer.json()["errors"][0]


def test_who_blocked_does_not_write_either(karim: User, claire: User, thread: Thread) -> None:
    block(by=claire, person=karim)
    with pytest.raises(BlockedByYou):
        send_message(thread=thread, author=claire, body="Pourtant")
    with pytest.raises(BlockedByOther):
        send_message(thread=thread, author=karim, body="Pourtant")


def test_a_first_message_to_somebody_who_blocked_leaves_no_trace(client: Client, karim: User, claire: User) -> None:
    block(by=claire, person=karim)
    client.force_login(karim)
    answer = client.post(reverse("messaging:contact", args=[claire.page.slug]), {"body": "Bonjour"})
    assert "ne souhaite plus recevoir vos messages" in text_of(answer)
    assert "Bonjour</textarea>" in text_of(answer)
    assert not Message.objects.exists()


def test_each_sees_what_concerns_him(client: Client, karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour")
    block(by=claire, person=karim)
    hers = page(client, claire, thread)
    assert "Vous avez bloqué Karim" in hers
    assert "Débloquer" in hers
    his = page(client, karim, thread)
    assert "Claire ne souhaite plus recevoir vos messages" in his
    assert "Débloquer" not in his
    assert '<textarea class="input" name="body"' not in hers + his


def test_the_team_sees_who_blocked_whom(client: Client, karim: User, claire: User) -> None:
    block(by=claire, person=karim)
    client.force_login(User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi"))
    assert "Karim Benali" in text_of(client.get(reverse("admin:messaging_block_changelist")))


def test_lifting_ones_own_block_leaves_the_others(karim: User, claire: User, thread: Thread) -> None:
    block(by=claire, person=karim)
    block(by=karim, person=claire)
    unblock(by=claire, person=karim)
    with pytest.raises(BlockedByOther):
        send_message(thread=thread, author=claire, body="Bonjour")
    unblock(by=karim, person=claire)
    send_message(thread=thread, author=claire, body="Bonjour")
    assert Message.objects.count() == 1


def test_what_waited_unread_is_announced_no_more(karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="Bonjour")
    assert unread_count(claire) == 1
    block(by=claire, person=karim)
    assert unread_count(claire) == 0
    assert not Email.objects.exists()


def test_blocking_asks_first_and_is_found_again_in_a_list(
    client: Client, karim: User, claire: User, thread: Thread
) -> None:
    client.force_login(claire)
    address = reverse("messaging:block", args=[thread.reference])
    assert "Vos réservations en cours restent valables" in text_of(client.get(address))
    assert not Block.objects.exists()
    for _twice in range(2):
        client.post(address)
    assert Block.objects.get().blocked == karim
    assert "Karim Benali" in text_of(client.get(reverse("messaging:blocked")))
    client.post(reverse("messaging:unblock", args=[thread.reference]))
    assert "Vous n’avez bloqué personne." in text_of(client.get(reverse("messaging:blocked")))


@pytest.mark.parametrize("name", ["block", "unblock", "report"])
def test_a_stranger_finds_nothing_to_block_or_report(client: Client, nadia: User, thread: Thread, name: str) -> None:
    client.force_login(nadia)
    assert client.post(reverse(f"messaging:{name}", args=[thread.reference])).status_code == 404
    assert not Block.objects.exists()


def test_the_first_words_are_written_once(karim: User, claire: User) -> None:
    written = write_first(author=karim, to=claire, body="Bonjour")
    assert list(Message.objects.all()) == [written]
