from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from messaging.models import Message, Thread
from messaging.selectors import unread_count
from messaging.services import get_or_create_thread, post_card, send_message

INBOX = "/messagerie/"


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_the_inbox_lists_conversations(client: Client, karim: User, claire: User, thread: Thread) -> None:
    send_message(thread=thread, author=claire, body="Beau sujet.")
    client.force_login(karim)
    page = text_of(client.get(INBOX))
    assert "Claire Roux" in page
    assert "Beau sujet." in page
    assert unread_count(karim) == 1


def test_an_empty_inbox_offers_to_find_a_mentor(client: Client, karim: User) -> None:
    client.force_login(karim)
    page = text_of(client.get(INBOX))
    assert "Vous n’avez pas encore de message." in page
    assert "Trouver un mentor" in page


def test_the_inbox_costs_the_same_for_many_conversations(
    client: Client, karim: User, claire: User, nadia: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for other in (claire, nadia):
        opened = get_or_create_thread(one=karim, other=other)
        for number in range(10):
            send_message(thread=opened, author=other, body=str(number))
    client.force_login(karim)
    client.get(INBOX)
    with django_assert_max_num_queries(4):
        client.get(INBOX)
    with django_assert_max_num_queries(9):
        client.get(opened.get_absolute_url())


def test_a_message_is_sent_and_shown(client: Client, karim: User, claire: User, thread: Thread) -> None:
    client.force_login(karim)
    answer = client.post(thread.get_absolute_url(), {"body": "Bonjour Claire"})
    assert (answer.status_code, answer["Location"]) == (302, thread.get_absolute_url())
    page = text_of(client.get(thread.get_absolute_url()))
    assert "Bonjour Claire" in page
    assert claire.email not in page


def test_sending_twice_stores_one_message(client: Client, karim: User, thread: Thread) -> None:
    client.force_login(karim)
    data = {"body": "Bonjour", "client_id": "3f0b9a0e-8f7c-4a92-9d55-58c1c2d3e4f5"}
    for _twice in range(2):
        client.post(thread.get_absolute_url(), data)
    assert Message.objects.count() == 1


def test_a_refused_message_keeps_what_was_typed(client: Client, karim: User, thread: Thread) -> None:
    client.force_login(karim)
    page = client.post(thread.get_absolute_url(), {"body": "mot " * 1200})
    assert page.status_code == 200
    assert "trop long" in text_of(page)
    assert "mot mot mot" in text_of(page)
    assert "Écrivez un message" in text_of(client.post(thread.get_absolute_url(), {"body": "  "}))


@pytest.mark.requirement("SK-54")
def test_contact_details_bring_a_reminder_and_no_block(client: Client, karim: User, thread: Thread) -> None:
    client.force_login(karim)
    page = client.post(thread.get_absolute_url(), {"body": "Appelez-moi au 06 12 34 56 78"}, follow=True)
    assert "vos coordonnées restent privées" in text_of(page)
    assert Message.objects.count() == 1


def test_looking_marks_nothing_and_a_post_marks(client: Client, karim: User, claire: User, thread: Thread) -> None:
    message = send_message(thread=thread, author=claire, body="Bonjour")
    client.force_login(karim)
    assert "Marquer comme lu" in text_of(client.get(thread.get_absolute_url()))
    assert unread_count(karim) == 1
    address = reverse("messaging:read", args=[thread.reference])
    assert client.get(address).status_code == 405
    for _twice in range(2):
        assert client.post(address, {"jusqua": message.pk}).status_code == 302
    assert unread_count(karim) == 0
    later = send_message(thread=thread, author=claire, body="Encore")
    again = client.post(address, {"jusqua": message.pk}, headers={"HX-Request": "true"})
    assert 'id="unread-messages" hx-swap-oob="true">' in text_of(again), "one is left, and the header says so"
    none = client.post(address, {"jusqua": later.pk}, headers={"HX-Request": "true"})
    assert 'id="unread-messages" hx-swap-oob="true" hidden>' in text_of(none)
    assert "Marquer comme lu" not in text_of(client.get(thread.get_absolute_url()))


def test_the_open_page_asks_for_what_came_since(client: Client, karim: User, claire: User, thread: Thread) -> None:
    first = send_message(thread=thread, author=claire, body="Bonjour")
    second = send_message(thread=thread, author=claire, body="Êtes-vous là ?")
    client.force_login(karim)
    address = reverse("messaging:news", args=[thread.reference])
    fragment = text_of(client.get(address, {"apres": first.pk}))
    assert "Êtes-vous là" in fragment
    assert "Bonjour" not in fragment
    assert f"apres={second.pk}" in fragment
    assert f"apres={second.pk}" in text_of(client.get(address, {"apres": second.pk}))
    assert client.post(address).status_code == 405
    post_card(thread=thread, kind="booking", reference="booking:x", data={"event": "lapsed"})
    assert client.get(address, {"apres": second.pk})["HX-Refresh"] == "true"


def test_an_open_page_whose_reader_was_signed_out_goes_to_the_log_in(client: Client, thread: Thread) -> None:
    address = reverse("messaging:news", args=[thread.reference])
    login = reverse("account_login")
    script = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{thread.get_absolute_url()}#resume"}
    answer = client.get(address, {"apres": 1}, headers=script)
    assert (answer.status_code, text_of(answer)) == (200, "")
    assert answer["HX-Redirect"] == f"{login}?{urlencode({'next': f'{thread.get_absolute_url()}#resume'})}"
    for said in ("https://elsewhere.example/", "http://["):
        elsewhere = client.get(address, headers={**script, "HX-Current-URL": said})
        assert elsewhere["HX-Redirect"] == f"{login}?next=%2F"
    assert client.get(address).status_code == 302


def test_older_messages_have_their_own_page(client: Client, karim: User, claire: User, thread: Thread) -> None:
    for number in range(60):
        send_message(thread=thread, author=claire, body=f"numéro {number}.")
    client.force_login(karim)
    page = text_of(client.get(thread.get_absolute_url()))
    assert "Messages plus anciens" in page
    assert "numéro 5." not in page
    oldest_shown = Message.objects.order_by("pk")[10].pk
    assert "numéro 5." in text_of(client.get(thread.get_absolute_url(), {"avant": oldest_shown}))


@pytest.mark.requirement("SK-53", "SK-5")
def test_any_member_writes_to_any_mentor(client: Client, karim: User, claire: User) -> None:
    client.force_login(karim)
    address = reverse("messaging:contact", args=[claire.page.slug])
    page = text_of(client.get(address))
    assert "Dites votre objectif, votre niveau et les jours qui vous conviennent." in page
    assert claire.email not in page
    answer = client.post(address, {"body": "Bonjour, je prépare un mémoire."}, follow=True)
    assert "je prépare un mémoire" in text_of(answer)
    assert client.get(address)["Location"] == Thread.objects.get().get_absolute_url()


def test_an_empty_first_message_is_refused_and_opens_nothing(client: Client, karim: User, claire: User) -> None:
    client.force_login(karim)
    page = client.post(reverse("messaging:contact", args=[claire.page.slug]), {"body": ""})
    assert "Écrivez un message avant de l’envoyer." in text_of(page)
    assert not Thread.objects.exists()


def test_nobody_can_contact_himself(client: Client, karim: User) -> None:
    client.force_login(karim)
    answer = client.post(reverse("messaging:contact", args=[karim.page.slug]), {"body": "Bonjour"})
    assert answer["Location"] == karim.page.get_absolute_url()
    assert not Thread.objects.exists()


def test_a_closed_account_cannot_be_contacted(client: Client, karim: User, claire: User) -> None:
    claire.is_active = False
    claire.save()
    client.force_login(karim)
    assert client.get(reverse("messaging:contact", args=[claire.page.slug])).status_code == 404


def test_a_stranger_finds_no_thread(client: Client, nadia: User, thread: Thread) -> None:
    client.force_login(nadia)
    assert client.get(thread.get_absolute_url()).status_code == 404
    assert client.post(thread.get_absolute_url(), {"body": "Bonjour"}).status_code == 404
    assert client.get(reverse("messaging:news", args=[thread.reference])).status_code == 404
    assert client.post(reverse("messaging:read", args=[thread.reference])).status_code == 404


def test_a_visitor_is_asked_to_log_in(client: Client, claire: User, thread: Thread) -> None:
    addresses = [
        INBOX,
        thread.get_absolute_url(),
        reverse("messaging:contact", args=[claire.page.slug]),
        reverse("messaging:news", args=[thread.reference]),
        reverse("messaging:read", args=[thread.reference]),
    ]
    for address in addresses:
        assert client.get(address)["Location"] == f"{reverse('account_login')}?next={address}"
