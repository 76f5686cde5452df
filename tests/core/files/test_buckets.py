"""Files on S3-compatible storage: every way a file takes through the product, with a stand-in for the store.

Pages and services are the same as with folders: what needed a path would fail here.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4
from zipfile import ZipFile

import psycopg
import pytest
from django.apps import apps
from django.core.files.storage import Storage, storages
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from pytest_django import Settings

from accounts import exports
from accounts.models import MemberPage, User
from accounts.rules import EXPORT_KEPT
from accounts.services import remove_photo, set_photo
from config import storage
from core import checks, clock
from core.embedded.places import PROJECT
from core.files.keeping import Upload
from messaging.errors import BlockedByOther
from messaging.models import Attachment
from messaging.services import block, get_or_create_thread, send_message
from tests import people, s3
from tests.core.files import samples
from tests.core.test_production import GIVEN, IN_FILES
from tests.databases import cloned_database

__all__ = ["cloned_database"]

LARGE = b"une ligne de texte\n" * 500_000


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[s3.Store]:
    """Every field that holds a file keeps it there."""
    with s3.serving() as store:
        for name, value in s3.environment(store).items():
            monkeypatch.setenv(name, value)
        kinds = storage.buckets(s3.PUBLIC, s3.PRIVATE, f"{store.url}/{s3.PUBLIC}")
        buckets = {kind: made(each) for kind, each in kinds.items()}
        for field in file_fields():
            kind = "private" if field.storage is storages["private"] else "default"
            monkeypatch.setattr(field, "storage", buckets[kind])
        yield store


def made(entry: dict[str, Any]) -> Storage:
    return import_string(entry["BACKEND"])(**entry["OPTIONS"])  # type: ignore[no-any-return]


def file_fields() -> list[models.FileField]:
    found = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return [field for field in found if isinstance(field, models.FileField)]


@pytest.fixture
def two(cloned_database: str) -> tuple[User, User]:
    return people.mentor("Claire", "Roux"), people.member("Karim", "Benali")


@pytest.fixture
def waits(store: s3.Store, cloned_database: str) -> list[str]:
    """What the database was asked last, whenever the store was spoken to in the middle of a transaction."""
    found: list[str] = []
    address: dict[str, Any] = {
        name: connection.settings_dict[name.upper()] or None for name in ("host", "port", "user")
    }

    def look() -> None:
        question = "SELECT query FROM pg_stat_activity WHERE datname = %s AND state = 'idle in transaction'"
        with psycopg.connect(dbname="postgres", autocommit=True, **address) as asked:
            found.extend(row[0] for row in asked.execute(question, [cloned_database]))

    store.look = look
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_portrait_is_shown_from_the_public_bucket(store: s3.Store, two: tuple[User, User], waits: list[str]) -> None:
    claire, _karim = two
    for _again in range(2):
        set_photo(user=claire, content=samples.image("JPEG"))
    (kept,) = store.names(s3.PUBLIC)
    address = MemberPage.objects.get(user=claire).photo.url
    assert address == f"{store.url}/{s3.PUBLIC}/{kept}"
    with urlopen(address) as seen:  # noqa: S310
        assert seen.headers["Content-Type"] == "image/webp"
        assert "immutable" in seen.headers["Cache-Control"]
        assert seen.read().startswith(b"RIFF")
    page = Client().get(claire.page.get_absolute_url()).content.decode()
    assert f'src="{address}"' in page
    assert f'"image":"{address}"' in page.replace('": "', '":"')
    remove_photo(user=claire)
    assert store.names(s3.PUBLIC) == []
    assert waits == []


def test_a_former_portrait_that_cannot_be_deleted_does_not_take_the_new_one_along(
    store: s3.Store, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    claire, _karim = two
    former = set_photo(user=claire, content=samples.image("JPEG")).photo
    delete = former.storage.delete
    refused: list[str] = []

    def refuse_once(name: str) -> None:
        if not refused:
            refused.append(name)
            raise OSError
        delete(name)

    monkeypatch.setattr(former.storage, "delete", refuse_once)
    set_photo(user=claire, content=samples.image("JPEG"))
    assert refused == [former.name]
    assert MemberPage.objects.get(user=claire).photo.name in store.names(s3.PUBLIC)


def test_files_of_a_message_are_handed_out_to_two_people_only(
    store: s3.Store, two: tuple[User, User], waits: list[str]
) -> None:
    claire, karim = two
    thread = get_or_create_thread(one=karim, other=claire)
    files = [Upload("plan.png", samples.image()), Upload("notes.txt", LARGE)]
    message = send_message(thread=thread, author=karim, body="Voici.", files=files)
    assert len(store.names(s3.PRIVATE)) == 3
    picture, notes = message.attachments.all()
    for reader in (claire, karim):
        assert signed_in(reader).get(notes.get_absolute_url()).content == LARGE
        assert signed_in(reader).get(picture.get_thumbnail_url()).content.startswith(b"RIFF")
    assert signed_in(people.member("Nadia", "Faure")).get(notes.get_absolute_url()).status_code == 404
    assert waits == []


def test_a_store_that_is_spoken_to_inside_a_transaction_is_noticed(
    store: s3.Store, two: tuple[User, User], waits: list[str]
) -> None:
    """The look the tests around rely on."""
    claire, _karim = two
    with transaction.atomic():
        User.objects.select_for_update().get(pk=claire.pk)
        set_photo(user=claire, content=samples.image("JPEG"))
    assert waits


def test_nobody_reads_the_private_bucket_without_us(store: s3.Store, two: tuple[User, User]) -> None:
    claire, karim = two
    thread = get_or_create_thread(one=karim, other=claire)
    send_message(thread=thread, author=karim, body="", files=[Upload("notes.txt", b"secret")])
    (name,) = store.names(s3.PRIVATE)
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"{store.url}/{s3.PRIVATE}/{name}")  # noqa: S310
    with pytest.raises(ValueError, match="no address"):
        Attachment.objects.get().file.url  # noqa: B018


def test_a_message_that_is_refused_leaves_nothing_behind(store: s3.Store, two: tuple[User, User]) -> None:
    claire, karim = two
    thread = get_or_create_thread(one=karim, other=claire)
    files = [Upload("notes.txt", b"a")]
    sent = send_message(thread=thread, author=karim, body="", client_id=uuid4(), files=files)
    again = send_message(thread=thread, author=karim, body="", client_id=sent.client_id, files=files)
    assert (again, len(store.names(s3.PRIVATE))) == (sent, 1)
    block(by=claire, person=karim)
    with pytest.raises(BlockedByOther):
        send_message(thread=thread, author=karim, body="", files=files)
    assert len(store.names(s3.PRIVATE)) == 1


def test_a_file_that_is_gone_is_not_found(store: s3.Store, two: tuple[User, User]) -> None:
    claire, karim = two
    thread = get_or_create_thread(one=karim, other=claire)
    send_message(thread=thread, author=karim, body="", files=[Upload("notes.txt", b"a")])
    store.files.clear()
    assert signed_in(claire).get(Attachment.objects.get().get_absolute_url()).status_code == 404


def test_a_store_that_is_down_keeps_no_half_message(store: s3.Store, two: tuple[User, User]) -> None:
    claire, karim = two
    thread = get_or_create_thread(one=karim, other=claire)
    store.is_down = True
    with pytest.raises(Exception, match="503"):
        send_message(thread=thread, author=karim, body="Voici.", files=[Upload("notes.txt", b"a")])
    assert not thread.messages.exists()


def test_an_archive_of_ones_data_is_made_fetched_and_removed(
    store: s3.Store, two: tuple[User, User], waits: list[str]
) -> None:
    claire, karim = two
    set_photo(user=karim, content=samples.image("JPEG"))
    thread = get_or_create_thread(one=karim, other=claire)
    send_message(thread=thread, author=karim, body="", files=[Upload("notes.txt", LARGE)])
    now = clock.now()
    export = exports.request_export(user=karim, now=now)
    assert exports.make_due_exports(now=now) == 1
    said: Any = signed_in(karim).get(reverse("accounts:archive", args=[export.reference]))
    with ZipFile(BytesIO(b"".join(said.streaming_content))) as archive:
        names = archive.namelist()
        (notes,) = [name for name in names if name.endswith("-notes.txt")]
        assert archive.read(notes) == LARGE
        assert any(name.endswith("photo.webp") for name in names)
    before = len(store.names(s3.PRIVATE))
    assert exports.remove_old_exports(now=now + EXPORT_KEPT + timedelta(hours=1)) == 1
    assert len(store.names(s3.PRIVATE)) == before - 1
    assert waits == []


# --- the settings ---


def started_with(folder: Path, **given: str) -> "subprocess.CompletedProcess[str]":
    """The settings of a real server with these buckets, as far as its checks."""
    environment = GIVEN | IN_FILES | {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)} | given
    lines = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from django.core.files.storage import storages
from accounts.models import DataExport
call_command("check", "--deploy", "--fail-level", "INFO")
print(type(storages["default"]).__name__)
print(type(DataExport._meta.get_field("file").storage).__name__)
print(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"][-1])
"""
    command = [sys.executable, "-c", lines]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_a_real_server_keeps_its_files_where_it_is_told(tmp_path: Path) -> None:
    given = s3.environment(s3.Store("https://s3.example")) | {"S3_PUBLIC_URL": "https://media.skilmi.example/p/"}
    done = started_with(tmp_path, **given)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-3:] == ["PublicBucket", "PrivateBucket", "https://media.skilmi.example"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"S3_PRIVATE_BUCKET": ""}, "skilmi.E010"),
        ({"S3_PUBLIC_URL": ""}, "skilmi.E010"),
        ({"S3_PRIVATE_BUCKET": s3.PUBLIC}, "skilmi.E011"),
    ],
)
def test_what_is_private_never_lies_where_anybody_reads(
    settings: Settings, changed: dict[str, str], error: str
) -> None:
    for name, value in (s3.environment(s3.Store("https://s3.example")) | changed).items():
        setattr(settings, name, value)
    assert [found.id for found in checks.buckets_are_two()] == [error]


def test_folders_need_no_bucket() -> None:
    assert checks.buckets_are_two() == []
