"""Saving: the database first, then the files its rows name, so that what is named was there."""

import subprocess
import tarfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils import timezone

from core.backups import contents
from core.backups.folders import DATABASE, FILES, PREFIX, UNFINISHED, BackupError, Manifest, sha256_of, writing


def make(target: Path, *, with_files: bool = True) -> Path:
    """Make a backup inside `target` and return its folder, which appears only once it is whole."""
    # Of the machine: a demo whose clock was moved forward must still sort its backups.
    taken_at = timezone.now().astimezone(UTC)
    name = f"{PREFIX}{taken_at:%Y%m%dT%H%M%SZ}"
    folder = target / f"{UNFINISHED}-{name}"
    folder.mkdir(mode=0o700, parents=True)
    manifest, named = _save_database(folder / DATABASE, taken_at)
    parts = [DATABASE]
    if with_files:
        manifest.files, manifest.missing = _save_files(folder / FILES, named)
        parts.append(FILES)
    manifest.sha256 = {part: sha256_of(folder / part) for part in parts}
    manifest.write(folder)
    return folder.rename(target / name)


@transaction.atomic
def _save_database(path: Path, taken_at: datetime) -> tuple[Manifest, list[tuple[str, str]]]:
    """What is dumped and what is counted are the same instant: both look at one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, server = cursor.fetchone()
    _dump(path, snapshot)
    manifest = Manifest(
        taken_at=taken_at.isoformat(),
        server=server,
        migrations=contents.migrations(),
        tables=contents.tables(),
        encrypted=bool(settings.BACKUP_ENCRYPT),
    )
    return manifest, list(contents.named_files())


def _dump(path: Path, snapshot: str) -> None:
    options, name, environment = contents.server_arguments()
    command = [contents.program("pg_dump"), *options, "--format=custom", f"--snapshot={snapshot}", name]
    with writing(path) as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"pg_dump failed:\n{done.stderr.decode(errors='replace')}")


def _save_files(path: Path, named: Iterable[tuple[str, str]]) -> tuple[int, list[str]]:
    """How many were saved, and which were gone: a member may remove his photo at this moment."""
    count, missing = 0, []
    with writing(path) as file, tarfile.open(fileobj=file, mode="w|") as archive:
        for alias, name in sorted(named):
            try:
                _add(archive, alias, name)
                count += 1
            except FileNotFoundError:
                missing.append(f"{alias}/{name}")
    return count, missing


def _add(archive: tarfile.TarFile, alias: str, name: str) -> None:
    with storages[alias].open(name) as content:
        entry = tarfile.TarInfo(f"{alias}/{name}")
        entry.size = content.size
        archive.addfile(entry, content)
