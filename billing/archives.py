"""A year of documents in one file, made while it is sent: one document is in memory at a time."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from billing import documents
from billing.documents import Listed
from billing.spreadsheets import Cell, amount, plain


class _Sink:
    """What the archive is written to: it forgets what was taken. It cannot go back, and the archive does not ask it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits behind it."""

    def close(self) -> None:
        """Nothing is held."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def zip_of_year(user: User, year: int, *, language: str) -> Iterator[bytes]:
    """Every document that has its file, and the table of all. Never an empty chunk, which would end the answer.

    `language` is the reader's: when the chunks are made, the request's own is forgotten.
    """
    sink = _Sink()
    with translation.override(language):
        rows = [head()]
    with ZipFile(sink, "w") as archive:
        for document in documents.of_year(user, year):
            with translation.override(language):
                rows.append(line(document))
            if content := documents.file_of(document.invoice):
                archive.writestr(_entry(document), content)
                yield sink.take()
        archive.writestr(table_name(year), as_text(rows), ZIP_DEFLATED)
    yield sink.take()


def _entry(document: Listed) -> ZipInfo:
    """PDF are compressed already."""
    issued = date.fromisoformat(document.content["issued_on"])
    entry = ZipInfo(f"{document.side}/{document.filename}", (issued.year, issued.month, issued.day, 12, 0, 0))
    entry.compress_type = ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry


def table_name(year: int) -> str:
    return f"factures-{year}.csv"


def as_text(rows: Iterable[list[Cell]]) -> str:
    text = StringIO("\ufeff")
    text.seek(0, 2)
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue()


# --- The table --------------------------------------------------------------------------------------------------------


def head() -> list[Cell]:
    return [
        _("Dossier"),
        _("Numéro"),
        _("Nature"),
        _("Date d’émission"),
        _("Corrige"),
        _("Prestataire"),
        _("Client"),
        _("Objet"),
        _("Total HT"),
        _("TVA"),
        _("Total TTC"),
        _("Fichier"),
    ]


def line(document: Listed) -> list[Cell]:
    """Credit notes count below zero, so that the columns add up."""
    invoice, content = document.invoice, document.content
    sign = -1 if document.is_credit else 1
    amounts = content["amounts"]
    return [
        str(document.side.label),
        invoice.full_number,
        invoice.get_kind_display(),
        content["issued_on"],
        invoice.corrects.full_number if invoice.corrects else "",
        plain(content["seller"]["name"]),
        plain(content["buyer"]["name"]),
        plain(document.subject),
        amount(sign * amounts["without_vat_cents"]),
        amount(sign * amounts["vat_cents"]),
        amount(sign * amounts["total_cents"]),
        document.filename if invoice.is_ready else _("En préparation"),
    ]
