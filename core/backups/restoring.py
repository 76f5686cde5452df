"""Bringing a backup back, into an empty database only, and proving that it is what was saved."""

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from core.backups import contents
from core.backups.folders import DATABASE, FILES, BackupError, Manifest, read_manifest, reading, sha256_of

Say = Callable[[str], object]


def restore(folder: Path, *, say: Say) -> None:
    """Restore, compare with what was saved, then bring the tables to this version. BackupError when not equal."""
    manifest = read_manifest(folder)
    _check_parts(folder, manifest)
    _check_versions(manifest)
    _check_empty()
    _restore_database(folder, manifest)
    _compare(manifest)
    say(f"{len(manifest.tables)} tables, {manifest.rows} rows: as they were saved.")
    if FILES in manifest.sha256:
        say(f"{_restore_files(folder, manifest)} files.")
    call_command("migrate", verbosity=0)
    say(f"{len(contents.migrations()) - len(manifest.migrations)} migrations since then were applied.")
    # What was remembered, and the messages that only shorten a wait, belong to another state.
    cache.clear()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _check_files(manifest, say)


def _check_parts(folder: Path, manifest: Manifest) -> None:
    for part, wanted in manifest.sha256.items():
        if not (folder / part).exists() or sha256_of(folder / part) != wanted:
            raise BackupError(f"{part} is not what was saved: its checksum differs. Take another backup.")


def _check_versions(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := [name for name in manifest.migrations if name not in known]:
        raise BackupError(
            f"The backup was made by a newer version, which has {', '.join(unknown)}. Restore with that one."
        )


def _check_empty() -> None:
    with connection.cursor() as cursor:
        found = contents.table_names(cursor)
    if found:
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} is not empty ({len(found)} tables): a backup is restored "
            "into a new one only."
        )


def _restore_database(folder: Path, manifest: Manifest) -> None:
    options, name, environment = contents.server_arguments()
    command = [contents.program("pg_restore"), *options, f"--dbname={name}"]
    command += ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    connections.close_all()
    with reading(folder / DATABASE, encrypted=manifest.encrypted) as file:
        done = subprocess.run(command, stdin=file, stderr=subprocess.PIPE, env=environment, check=False)  # noqa: S603
        if done.returncode:
            raise BackupError(f"pg_restore failed:\n{done.stderr.decode(errors='replace')}")


@transaction.atomic
def _compare(manifest: Manifest) -> None:
    now = contents.tables()
    different = sorted(
        name for name in manifest.tables.keys() | now.keys() if manifest.tables.get(name) != now.get(name)
    )
    if different:
        raise BackupError(f"These tables are not what was saved: {', '.join(different)}.")


def _restore_files(folder: Path, manifest: Manifest) -> int:
    """The files of the backup replace those of the same name."""
    count = 0
    with (
        reading(folder / FILES, encrypted=manifest.encrypted) as file,
        tarfile.open(fileobj=file, mode="r|") as archive,
    ):
        for entry in archive:
            alias, _, name = entry.name.partition("/")
            if content := archive.extractfile(entry):
                storages[alias].delete(name)
                storages[alias].save(name, File(content))
                count += 1
    return count


def _check_files(manifest: Manifest, say: Say) -> None:
    lacking = sorted(set(contents.missing_files()) - set(manifest.missing))
    if not lacking:
        say("Each file a row names is there." if not manifest.missing else "Each file that was there is there.")
    elif FILES in manifest.sha256:
        raise BackupError(f"Files that rows name are missing: {', '.join(lacking[:20])}")
    else:
        say(f"The backup was made without files, and {len(lacking)} that rows name are not in the storage.")
