"""Files on the pages: sent with a form or by the script, handed out to two people, shown without risk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from core.files.keeping import Upload
from messaging.models import Attachment, Message, Thread
from messaging.services import send_message
from tests.core.files import samples

JSON = {"Accept": "application/json"}


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def sent(thread: Thread, author: User, *files: Upload) -> list[Attachment]:
    return list(send_message(thread=thread, author=author, body="Voici.", files=files).attachments.all())


def test_files_are_sent_with_a_plain_form_and_shown(client: Client, karim: User, thread: Thread) -> None:
    client.force_login(karim)
    files = [upload("plan.png", samples.image()), upload("Relevé de notes.pdf", samples.PDF)]
    answer = client.post(thread.get_absolute_url(), {"body": "Voici.", "attachments": files})
    assert answer.status_code == 302
    page = text_of(client.get(thread.get_absolute_url()))
    for file in Attachment.objects.all():
        assert file.get_absolute_url() in page
        assert file.name in page
    assert Attachment.objects.get(position=0).get_thumbnail_url() in page


def test_a_refused_file_keeps_what_was_typed(client: Client, karim: User, thread: Thread) -> None:
    client.force_login(karim)
    data = {"body": "Trois lignes précieuses", "attachments": [upload("page.html", samples.HTML)]}
    page = client.post(thread.get_absolute_url(), data)
    assert page.status_code == 200
    assert "ce type de fichier n’est pas accepté" in text_of(page)
    assert "Trois lignes précieuses" in text_of(page)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.txt", b"a")] * 6, "5 fichiers au plus"),
        ([("gros.txt", b"a" * (10 * 1024 * 1024 + 1))], "dépasse 10\xa0Mo"),
        ([("vide.txt", b"")], "ce fichier est vide"),
        ([("a" * 300 + ".svg", samples.SVG)], "n’est pas accepté"),
    ],
    ids=["many", "big", "empty", "svg"],
)
def test_the_script_is_told_in_words(
    files: list[tuple[str, bytes]], words: str, client: Client, karim: User, thread: Thread
) -> None:
    client.force_login(karim)
    data = {"body": "", "attachments": [upload(*each) for each in files]}
    answer = client.post(thread.get_absolute_url(), data, headers=JSON)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert words in error
    assert not Message.objects.exists()


def test_the_script_sends_once_however_often_it_tries(client: Client, karim: User, thread: Thread) -> None:
    client.force_login(karim)
    ids = set()
    for _twice in range(2):
        data = {"body": "", "client_id": "3f0b9a0e-8f7c-4a92-9d55-58c1c2d3e4f5"}
        files = {"attachments": [upload("a.txt", b"a")]}
        ids.add(client.post(thread.get_absolute_url(), data | files, headers=JSON).json()["id"])
    assert ids == {Message.objects.get().pk}
    empty = client.post(thread.get_absolute_url(), {"body": " "}, headers=JSON)
    assert empty.json() == {"errors": ["Écrivez un message avant de l’envoyer."]}


def test_a_file_is_saved_and_an_image_shown_both_without_rights(
    client: Client, karim: User, claire: User, thread: Thread
) -> None:
    pdf, image, page = sent(
        thread,
        karim,
        Upload("Relevé\u202e de\nnotes.pdf", samples.PDF),
        Upload("a.png", samples.image()),
        Upload("a.txt", b"1 < 2 <script>alert(1)</script>"),
    )
    client.force_login(claire)
    answer = client.get(pdf.get_absolute_url())
    assert answer.content == samples.PDF
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Relev%C3%A9%20de%20notes.pdf"
    for file, media_type in ((pdf, "application/pdf"), (image, "image/png"), (page, "text/plain")):
        answer = client.get(file.get_absolute_url())
        assert answer["Content-Type"] == media_type
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["Content-Disposition"].startswith("inline" if file == image else "attachment")
    shown = client.get(image.get_thumbnail_url())
    assert (shown["Content-Type"], shown["Content-Security-Policy"][:18]) == ("image/webp", "default-src 'none'")
    again = client.get(
        image.get_absolute_url(), headers={"If-None-Match": client.get(image.get_absolute_url())["ETag"]}
    )
    assert again.status_code == 304


def test_only_its_people_and_the_team_that_may_get_a_file(
    client: Client, karim: User, nadia: User, thread: Thread
) -> None:
    (image,) = sent(thread, karim, Upload("a.png", samples.image()))
    addresses = (image.get_absolute_url(), image.get_thumbnail_url())
    for address in addresses:
        assert client.get(address)["Location"] == f"{reverse('account_login')}?next={address}"
    client.force_login(nadia)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    User.objects.filter(pk=nadia.pk).update(is_staff=True)
    assert [client.get(address).status_code for address in addresses] == [404, 404], "staff without the permission"
    User.objects.filter(pk=nadia.pk).update(is_superuser=True)
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    assert [client.post(address).status_code for address in addresses] == [405, 405]


def test_a_file_that_has_no_picture_or_was_lost_is_not_found(client: Client, karim: User, thread: Thread) -> None:
    (notes,) = sent(thread, karim, Upload("a.txt", b"a"))
    client.force_login(karim)
    assert client.get(reverse("messaging:thumbnail", args=[notes.reference])).status_code == 404
    notes.file.storage.delete(str(notes.file.name))
    assert client.get(notes.get_absolute_url()).status_code == 404


def test_a_thread_of_files_costs_one_query_more(
    client: Client, karim: User, thread: Thread, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(karim)
    address = reverse("messaging:news", args=[thread.reference])
    send_message(thread=thread, author=karim, body="Bonjour")
    client.get(address)
    with django_assert_num_queries(5) as words:
        client.get(address)
    for _ in range(4):
        sent(thread, karim, Upload("a.txt", b"a"), Upload("b.txt", b"b"))
    with django_assert_num_queries(len(words) + 1):
        client.get(address)


def test_a_name_is_shown_as_text(client: Client, karim: User, thread: Thread) -> None:
    sent(thread, karim, Upload("<img src=x onerror=alert(1)>.txt", b"a"))
    client.force_login(karim)
    page = text_of(client.get(thread.get_absolute_url()))
    assert "<img src=x" not in page
    assert "_img src=x onerror=alert(1)_.txt" in page
