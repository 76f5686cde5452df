"""Rows out of the database and into lines, a few thousand at a time."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from io import StringIO
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from billing.spreadsheets import Cell

FETCHED_AT_ONCE = 2_000
CHUNK = 64 * 1024
BOM = "\ufeff"


def rows_of(statement: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a query as they come, by name, through a cursor the database keeps."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement, parameters)
        names: list[str] = []
        while rows := cursor.fetchmany(FETCHED_AT_ONCE):
            names = names or [column[0] for column in cursor.description]
            yield from (dict(zip(names, row, strict=True)) for row in rows)


def start_of(year: int, month: int = 1) -> datetime:
    """The first instant of a month where the books are kept; month 13 is the next January."""
    later, index = divmod(month - 1, 12)
    return datetime(year + later, index + 1, 1, tzinfo=ZoneInfo(settings.TIME_ZONE))


def legal_day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """For French spreadsheets: semicolons, and the mark that says UTF-8."""
    buffer = StringIO(BOM)
    buffer.seek(0, 2)
    writer = csv.writer(buffer, delimiter=";")
    for row in chain([head], rows):
        writer.writerow(row)
        if buffer.tell() > CHUNK:
            yield _drain(buffer)
    yield _drain(buffer)


def as_lines(lines: Iterable[str]) -> Iterator[bytes]:
    """Ready lines, gathered into chunks."""
    buffer = StringIO(newline="")
    for line in lines:
        buffer.write(line)
        buffer.write("\r\n")
        if buffer.tell() > CHUNK:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
