"""Files that travel with a message: kept once, whole, under a name that tells nothing, and never beside a lost row."""

import hashlib
import re
import subprocess
import sys
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import IntegrityError, transaction
from django.test import override_settings
from PIL import Image, ImageOps

from accounts.models import User
from core import clock
from core.files import pictures
from core.files.errors import FileDamaged, FileEmpty, FileRefused, FileTooBig, TooManyFiles
from core.files.keeping import Upload
from messaging.cards import summarize
from messaging.errors import EmptyMessage, NotInThread, TooManyFilesToday
from messaging.models import Attachment, Message, Thread
from messaging.selectors import recent_messages, unread_count
from messaging.services import get_or_create_thread, notify_unread, send_message, threads_to_remind
from notifications.models import Email
from tests import people
from tests.core.files import samples
from tests.databases import cloned_database, in_threads

__all__ = ["cloned_database"]

NOTES = Upload("notes.txt", b"Trois lignes.")


def kept_files() -> set[Path]:
    storage = storages["private"]
    assert isinstance(storage, FileSystemStorage)
    return {path for path in Path(storage.location).rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _empty_folder() -> None:
    """Of this test process: others have theirs."""
    for path in kept_files():
        path.unlink()


def test_words_and_files_are_one_message(karim: User, claire: User, thread: Thread) -> None:
    picture = samples.image("JPEG")
    files = [NOTES, Upload("photo.jpg", picture)]
    message = send_message(thread=thread, author=karim, body="Voici.", files=files)
    notes, photo = recent_messages(thread)[-1].attachments.all()
    assert (notes.name, notes.size, notes.media_type, notes.thumbnail.name) == ("notes.txt", 13, "text/plain", "")
    assert photo.sha256 == hashlib.sha256(picture).hexdigest()
    with photo.file.open() as kept:
        assert kept.read() == picture, "what was sent is what is kept"
    assert message.file_count == 2
    assert unread_count(claire) == 1


def test_a_file_alone_is_a_message_and_nothing_at_all_is_none(karim: User, claire: User, thread: Thread) -> None:
    message = send_message(thread=thread, author=karim, body="  ", files=[NOTES])
    assert (message.body, summarize(message, claire)) == ("", "Un fichier")
    two = send_message(thread=thread, author=karim, body="", files=[NOTES, NOTES])
    assert summarize(two, claire) == "2 fichiers"
    with pytest.raises(EmptyMessage):
        send_message(thread=thread, author=karim, body="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(thread=thread, author=karim, created_at=clock.now())


def test_where_a_file_is_kept_tells_neither_its_name_nor_its_people(karim: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="", files=[Upload("secret médical.pdf", samples.PDF)])
    (path,) = kept_files()
    assert re.fullmatch(r"[0-9a-z]+", path.name)
    assert settings.MEDIA_ROOT not in path.parents


def test_the_small_picture_is_upright_light_and_says_nothing_of_the_camera(karim: User, thread: Thread) -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Appareil de Karim"
    Image.new("RGB", (1600, 800)).save(out, "JPEG", exif=exif)
    send_message(thread=thread, author=karim, body="", files=[Upload("a.jpg", out.getvalue())])
    row = Attachment.objects.get()
    assert (row.thumbnail_width, row.thumbnail_height) == (320, 640)
    with row.thumbnail.open() as kept, Image.open(kept) as small:
        assert (small.format, small.size, dict(small.getexif())) == ("WEBP", (320, 640), {})


def test_a_picture_too_large_to_be_drawn_is_only_a_file(karim: User, thread: Thread) -> None:
    content = samples.image("PNG", (8000, 5001))
    send_message(thread=thread, author=karim, body="", files=[Upload("plan.png", content)])
    assert Attachment.objects.get().thumbnail.name == ""


@pytest.mark.parametrize(
    ("upload", "error", "words"),
    [
        (Upload("photo.png", samples.HTML), FileRefused, "« photo.png » : ce type de fichier n’est pas accepté"),
        (Upload("vide.txt", b""), FileEmpty, "« vide.txt » : ce fichier est vide."),
        (Upload("gros.txt", b"a" * (10 * 1024 * 1024 + 1)), FileTooBig, "« gros.txt » : le fichier dépasse 10 Mo."),
        (Upload("cassee.png", samples.image()[:60]), FileDamaged, "« cassee.png » : cette image ne s’ouvre pas."),
        (Upload("bombe.png", samples.huge_picture()), FileDamaged, "« bombe.png » : cette image ne s’ouvre pas."),
        (Upload("../../\u202egpj.exe", samples.PROGRAM), FileRefused, "« gpj.exe » :"),
    ],
    ids=["html", "empty", "too-big", "cut", "bomb", "program"],
)
def test_a_refused_file_is_named_and_nothing_is_kept(
    upload: Upload, error: type[Exception], words: str, karim: User, thread: Thread
) -> None:
    with pytest.raises(error) as refused:
        send_message(thread=thread, author=karim, body="Voici.", files=[NOTES, upload])
    plain = str(refused.value).replace("\u202f", " ").replace("\xa0", " ")
    assert plain.startswith(words)
    assert not Message.objects.exists()
    assert kept_files() == set()


def test_ten_mebibytes_are_taken(karim: User, thread: Thread) -> None:
    send_message(thread=thread, author=karim, body="", files=[Upload("gros.txt", b"a" * (10 * 1024 * 1024))])
    assert Attachment.objects.get().size == 10 * 1024 * 1024


def test_too_many_files_at_once_or_in_a_day_are_refused(karim: User, thread: Thread) -> None:
    with pytest.raises(TooManyFiles):
        send_message(thread=thread, author=karim, body="", files=[NOTES] * 6)
    with override_settings(MESSAGE_FILES_PER_DAY=7):
        send_message(thread=thread, author=karim, body="", files=[NOTES] * 5)
        with pytest.raises(TooManyFilesToday):
            send_message(thread=thread, author=karim, body="", files=[NOTES] * 3)
        send_message(thread=thread, author=karim, body="", files=[NOTES] * 2)
        tomorrow = clock.now() + timedelta(days=1, minutes=1)
        send_message(thread=thread, author=karim, body="", files=[NOTES] * 5, now=tomorrow)


def test_requests_sent_at_once_share_the_files_of_the_day(cloned_database: str) -> None:
    karim, claire = people.member("Karim", "Benali"), people.mentor("Claire", "Roux")
    thread = get_or_create_thread(one=karim, other=claire)
    send = partial(send_message, thread=thread, author=karim, body="", files=[NOTES])
    with override_settings(MESSAGE_FILES_PER_DAY=3):
        results = in_threads(*[send] * 8)
    assert sum(isinstance(result, TooManyFilesToday) for result in results) == 5
    assert (Attachment.objects.count(), len(kept_files())) == (3, 3)


# Forty million points in a file of a few kilobytes; one copy of them weighs 160 MB.
BOMB = """
import pathlib, re, struct, zlib
from core.files.pictures import thumbnail
def peak():
    return int(re.search("VmHWM:.* ([0-9]+) kB", pathlib.Path("/proc/self/status").read_text())[1]) // 1024
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
packer, side = zlib.compressobj(9), 6300
rows = b"".join(packer.compress(bytes(4 * side + 1)) for _ in range(side)) + packer.flush()
header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
before = peak()
assert thumbnail(png, "a.png")
print(peak() - before)
"""


def test_a_picture_made_to_be_huge_is_held_twice_at_most() -> None:
    told = subprocess.check_output([sys.executable, "-c", BOMB], text=True, cwd=settings.BASE_DIR)
    assert int(told) < 400


def test_pictures_are_drawn_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many at once would take the memory of the server."""
    drawing, most = [], []

    def watch(picture: Image.Image) -> Image.Image:
        drawing.append(picture)
        most.append(len(drawing))
        Event().wait(0.05)
        drawing.pop()
        return picture

    monkeypatch.setattr(ImageOps, "exif_transpose", watch)
    content = samples.image()
    assert all(isinstance(result, tuple) for result in in_threads(*[partial(pictures.thumbnail, content, "a.png")] * 4))
    assert most == [1, 1, 1, 1]


def test_a_stranger_sends_no_file(nadia: User, thread: Thread) -> None:
    with pytest.raises(NotInThread):
        send_message(thread=thread, author=nadia, body="", files=[NOTES])
    assert kept_files() == set()


def test_a_message_that_is_not_kept_leaves_no_file(karim: User, thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).delete()
    with pytest.raises(Thread.DoesNotExist):
        send_message(thread=thread, author=karim, body="", files=[NOTES])
    assert kept_files() == set()


def test_the_same_message_with_files_sent_again_is_kept_once(karim: User, thread: Thread) -> None:
    client_id = uuid4()
    for _twice in range(2):
        send_message(thread=thread, author=karim, body="", files=[NOTES], client_id=client_id)
    assert Attachment.objects.count() == len(kept_files()) == 1


def test_sent_at_once_from_several_tries_it_is_kept_once(cloned_database: str) -> None:
    karim, claire = people.member("Karim", "Benali"), people.mentor("Claire", "Roux")
    thread = get_or_create_thread(one=karim, other=claire)
    send = partial(send_message, thread=thread, author=karim, body="", files=[NOTES], client_id=uuid4())
    results = in_threads(*[send] * 6)
    assert len({getattr(result, "pk", result) for result in results}) == 1
    assert Message.objects.count() == Attachment.objects.count() == len(kept_files()) == 1


@pytest.mark.requirement("SK-55")
def test_the_email_about_a_file_says_so_in_the_reader_s_language(karim: User, claire: User, thread: Thread) -> None:
    User.objects.filter(pk=claire.pk).update(language="en")
    sent = clock.now()
    send_message(thread=thread, author=karim, body="", files=[NOTES], now=sent)
    later = sent + timedelta(minutes=10)
    assert [notify_unread(state_id=state, now=later) for state in threads_to_remind(now=later)] == [True]
    assert "One file" in Email.objects.get().body_text


@pytest.mark.requirement("SK-54")
def test_a_photo_is_kept_without_the_notes_of_the_camera(karim: User, thread: Thread) -> None:
    place = b"48.8566 Place de la Contrescarpe"
    exif = Image.Exif()
    exif[0x010F] = place.decode()
    out = BytesIO()
    Image.new("RGB", (120, 80), (11, 92, 83)).save(out, "JPEG", exif=exif)
    assert place in out.getvalue()
    sent = send_message(thread=thread, author=karim, body="", files=[Upload("photo.jpg", out.getvalue())])
    with sent.attachments.get().file.open("rb") as kept:
        assert place not in kept.read()
