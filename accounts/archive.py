"""All we know of a member in one zip: a JSON file per part of the product, his files, and a page to read first.

Rows and files are written as they are read: whatever he left, little of it is in memory at a time.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import User
from core.personal_data import ExportedFile, Row, Source, registered

INDEX = "lisez-moi.html"
ENCODING = "utf8"


@dataclass
class Part:
    """One part of the product, as the page to read first lists it."""

    title: str
    name: str
    lists: list[tuple[str, int]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def write_archive(member: User, out: IO[bytes], *, now: datetime) -> None:
    """In the language that is active: names of columns are words."""
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        parts = [_write_part(archive, source, member, now) for source in registered()]
        context = {"parts": parts, "member": member, "now": now, "site_name": settings.SITE_NAME}
        archive.writestr(_entry(INDEX, now, ZIP_DEFLATED), render_to_string("accounts/archive.html", context))


def _write_part(archive: ZipFile, source: Source, member: User, now: datetime) -> Part:
    part = Part(str(source.title), f"{source.app}.json")
    with archive.open(_entry(part.name, now, ZIP_DEFLATED), "w", force_zip64=True) as out:
        for line in _lines(source, member, part):
            out.write(line.encode(ENCODING))
    for file in source.files(member.pk):
        part.files.append(_write_file(archive, file, now))
    return part


def _lines(source: Source, member: User, part: Part) -> Iterator[str]:
    """An object with one list for each section."""
    opening = "{"
    for section in source.sections(member.pk):
        title = str(section.title)
        yield f"{opening}\n  {_json(title)}: ["
        count = 0
        for line in _rows(section.rows):
            count += 1
            yield line
        yield "\n  ]" if count else "]"
        part.lists.append((title, count))
        opening = ","
    yield "{}\n" if opening == "{" else "\n}\n"


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield ("," if number else "") + "\n    " + _json(dict(row))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_file(archive: ZipFile, file: ExportedFile, now: datetime) -> str:
    with archive.open(_entry(file.name, now, ZIP_STORED), "w", force_zip64=True) as out:
        for chunk in file.chunks():
            out.write(chunk)
    return file.name


def _entry(name: str, now: datetime, compression: int) -> ZipInfo:
    entry = ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = compression
    # A file that only its owner writes: without this, some systems unpack it unreadable.
    entry.external_attr = 0o644 << 16
    return entry
