"""Rows of the database as a person reads them: French names, dates as ISO 8601 says, amounts in euros."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.core.files.storage import Storage
from django.db import models
from django.utils.text import capfirst

from core.money import format_euros
from core.personal_data import Json, Row, Section, Words

PIECE = 500
CHUNK = 64 * 1024
# A column: its own name; or a name for people, with the column or what computes it.
Column = str | tuple[Words, str | Callable[[Any], object]]


def section(title: Words, rows: models.QuerySet[Any], *columns: Column) -> Section:
    """Read in pieces: somebody may have written a hundred thousand messages."""
    return Section(title, _rows(rows, columns))


def _rows(rows: models.QuerySet[Any], columns: tuple[Column, ...]) -> Iterator[Row]:
    for row in rows.order_by("pk").iterator(chunk_size=PIECE):
        yield dict(_cell(row, column) for column in columns)


def _cell(row: models.Model, column: Column) -> tuple[str, Json]:
    label, source = column if isinstance(column, tuple) else (_label(row, column), column)
    if not isinstance(source, str):
        return str(label), plain(source(row))
    shown = getattr(row, f"get_{source}_display", None)
    value = shown() if shown else getattr(row, source)
    is_money = source.endswith("_cents") and isinstance(value, int)
    return str(label), format_euros(value) if is_money else plain(value)


def _label(row: models.Model, field: str) -> str:
    return capfirst(str(getattr(row._meta.get_field(field), "verbose_name", field)))


def plain(value: object) -> Json:
    if value is None or isinstance(value, str | bool | int | list | dict):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def chunks_of(storage: Storage, name: str) -> Callable[[], Iterator[bytes]]:
    """A stored file, opened when its turn comes; nothing when it is gone."""

    def read() -> Iterator[bytes]:
        if not storage.exists(name):
            return
        with storage.open(name) as file:
            yield from file.chunks(CHUNK)

    return read
