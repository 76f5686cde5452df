"""Saved, and brought back into an empty database: nothing is missing, nothing is new, the books agree."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as current
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from billing.models import Invoice, LedgerEntry
from billing.services.invoices import render_due_invoices
from core.backups.contents import named_files, table_names
from core.exporting import chunks_of
from messaging.models import Attachment
from tests.architecture.world import World
from tests.databases import fresh_clone, on_server

ROT13 = "tr A-Za-z N-ZA-Mn-za-m"


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Path]:
    """A session held, charged and complained of, with its invoice, and files in a message, a request and a case.

    The folder of its backup. The tests of this file change neither.
    """
    with fresh_clone(request, django_db_blocker), django_db_blocker.unblock():
        World()
        render_due_invoices()
        yield back_up(tmp_path_factory.mktemp("backups"))


@pytest.fixture
def backup(world: Path, tmp_path: Path) -> Path:
    """A copy, which the test may damage."""
    return Path(shutil.copytree(world, tmp_path / world.name))


@contextmanager
def empty_database() -> Iterator[None]:
    """Every connection of this process goes to a new database meanwhile."""
    before, name = connection.settings_dict["NAME"], f"restored_{uuid4().hex[:8]}"
    connections.close_all()
    on_server(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def back_up(folder: Path, *options: str) -> Path:
    call_command("backup", str(folder), *options, stdout=io.StringIO())
    return max(folder.glob("skilmi-*"))


def restore(backup: Path) -> str:
    said = io.StringIO()
    call_command("restore", str(backup), stdout=said)
    return said.getvalue()


def lose_files() -> None:
    for folder in (Path(current.MEDIA_ROOT), Path(current.STORAGES["private"]["OPTIONS"]["location"])):
        shutil.rmtree(folder, ignore_errors=True)


def everything() -> dict[str, object]:
    return {
        "people": list(User.objects.order_by("pk").values()),
        "entries": list(LedgerEntry.objects.order_by("pk").values()),
        "documents": {invoice.number: bytes(invoice.pdf or b"") for invoice in Invoice.objects.all()},
        "files": {f"{alias}/{name}": b"".join(chunks_of(storages[alias], name)()) for alias, name in named_files()},
    }


def test_what_was_saved_comes_back_whole_into_an_empty_database(backup: Path) -> None:
    before = everything()
    lose_files()
    cache.set("of-another-state", 1)
    with empty_database():
        said = restore(backup)
        after = everything()
    assert after == before
    assert len(before["files"]) >= 5  # type: ignore[arg-type]
    assert "32 checks, 0 wrong." in said
    assert cache.get("of-another-state") is None


def test_a_database_that_holds_something_is_left_alone(backup: Path) -> None:
    before = everything()
    with pytest.raises(CommandError, match="is not empty"):
        restore(backup)
    assert everything() == before


def test_an_older_backup_is_brought_to_this_version(backup: Path, tmp_path: Path) -> None:
    newest = [key for key in MigrationLoader(None).graph.leaf_nodes() if key[0] == "cases"]
    with empty_database():
        restore(backup)
        MigrationExecutor(connection).migrate([("cases", "0001_initial")])
        older = back_up(tmp_path / "older")
    with empty_database():
        said = restore(older)
        assert set(newest) <= MigrationLoader(connection).applied_migrations.keys()
    assert "1 migrations since then were applied." in said


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_touched(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["migrations"].append("billing.9999_of_tomorrow")
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with empty_database():
        with pytest.raises(CommandError, match="9999_of_tomorrow"):
            restore(backup)
        assert nothing_is_there()


@pytest.mark.parametrize("part", ["database.dump", "files.tar"])
def test_a_part_that_was_damaged_is_refused_before_anything_is_touched(backup: Path, part: str) -> None:
    content = bytearray((backup / part).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / part).write_bytes(content)
    with empty_database():
        with pytest.raises(CommandError, match="checksum"):
            restore(backup)
        assert nothing_is_there()


def test_a_row_that_does_not_come_back_as_it_was_is_seen(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    rows, digest = manifest["tables"]["billing_ledgerentry"]
    manifest["tables"]["billing_ledgerentry"] = [rows, str(int(digest) + 1)]
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with empty_database(), pytest.raises(CommandError, match="not what was saved: billing_ledgerentry"):
        restore(backup)


def test_a_backup_may_pass_through_a_program_that_encrypts(world: Path, tmp_path: Path, settings: Settings) -> None:
    before = everything()
    settings.BACKUP_ENCRYPT = settings.BACKUP_DECRYPT = ROT13
    backup = back_up(tmp_path)
    assert not (backup / "database.dump").read_bytes().startswith(b"PGDMP")
    lose_files()
    with empty_database():
        restore(backup)
        assert everything() == before
    settings.BACKUP_DECRYPT = ""
    with empty_database(), pytest.raises(CommandError, match="BACKUP_DECRYPT"):
        restore(backup)


def test_a_program_that_fails_leaves_no_backup(world: Path, tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_ENCRYPT = "false"
    with pytest.raises(CommandError):
        back_up(tmp_path)
    assert not list(tmp_path.glob("skilmi-*"))


def test_a_file_that_was_gone_already_is_named_and_does_not_hinder(backup: Path, tmp_path: Path) -> None:
    with empty_database():
        restore(backup)
        gone = Attachment.objects.get().file
        gone.storage.delete(str(gone.name))
        backup = back_up(tmp_path / "later")
    assert f"private/{gone.name}" in json.loads((backup / "manifest.json").read_text())["missing"]
    with empty_database():
        assert "Each file that was there is there." in restore(backup)


def test_only_the_newest_are_kept_and_nothing_unfinished(world: Path, tmp_path: Path) -> None:
    for name in ("skilmi-20260101T000000Z", "skilmi-20260102T000000Z"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    (tmp_path / ".unfinished-skilmi-20260103T000000Z").mkdir()
    newest = back_up(tmp_path, "--keep", "2", "--no-files")
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["skilmi-20260102T000000Z", newest.name]
    assert not (newest / "files.tar").exists()


def nothing_is_there() -> bool:
    with connection.cursor() as cursor:
        return table_names(cursor) == []
