"""What lies where in a backup, how it is written and read, encrypted when the settings say how."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings

PREFIX = "skilmi-"
UNFINISHED = ".unfinished"
DATABASE, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"
FORMAT = 1


class BackupError(Exception):
    """Nothing was saved or restored; the message is for the person at the terminal."""


@dataclass
class Manifest:
    """`tables`: rows and digest of each; `missing`: files that were named but not there; `sha256` of each part."""

    taken_at: str
    server: str
    migrations: list[str]
    tables: dict[str, tuple[int, str]]
    encrypted: bool
    files: int = 0
    missing: list[str] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(count for count, _digest in self.tables.values())

    def write(self, folder: Path) -> None:
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1), encoding="utf8")


def read_manifest(folder: Path) -> Manifest:
    try:
        kept = json.loads((folder / MANIFEST).read_text(encoding="utf8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is no finished backup: {error}") from error
    if kept.get("format") != FORMAT:
        raise BackupError(f"{folder} is of format {kept.get('format')}, this version reads {FORMAT}.")
    kept["tables"] = {name: tuple(seen) for name, seen in kept["tables"].items()}
    return Manifest(**kept)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """What is written passes through `BACKUP_ENCRYPT`, and is on the disk at the end."""
    with path.open("wb") as file:
        if settings.BACKUP_ENCRYPT:
            command = shlex.split(settings.BACKUP_ENCRYPT)
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file) as process:  # noqa: S603
                yield _pipe(process.stdin)
            if process.returncode:
                raise BackupError(f"{command[0]} failed ({process.returncode}): nothing was kept.")
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def reading(path: Path, *, encrypted: bool) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        if not encrypted:
            yield file
            return
        if not settings.BACKUP_DECRYPT:
            raise BackupError("This backup is encrypted: BACKUP_DECRYPT must say how to read it.")
        command = shlex.split(settings.BACKUP_DECRYPT)
        with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE) as process:  # noqa: S603
            yield _pipe(process.stdout)
        if process.returncode:
            raise BackupError(f"{command[0]} could not read {path.name} ({process.returncode}).")


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise BackupError("The program that encrypts gave no pipe.")
    return end


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def finished(target: Path) -> list[Path]:
    """The backups of that folder, oldest first. One that was cut short bears another name."""
    return sorted(folder for folder in target.glob(f"{PREFIX}*") if (folder / MANIFEST).exists())


def forget_old(target: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep`, and what earlier runs left unfinished; return what was removed."""
    old = [*finished(target)[:-keep], *target.glob(f"{UNFINISHED}*")]
    for folder in old:
        shutil.rmtree(folder)
    return old
