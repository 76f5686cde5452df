"""Kept files of somebody who wants a copy of his data, or is erased."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import QuerySet

from core.exporting import PIECE, chunks_of
from core.files.models import KeptFile
from core.personal_data import ExportedFile

AnyFile = TypeVar("AnyFile", bound=KeptFile)


def exported(files: "QuerySet[AnyFile]") -> Iterator[ExportedFile]:
    """Under their own names, each after its reference: two may have one name."""
    for file in files.order_by("pk").iterator(chunk_size=PIECE):
        yield ExportedFile(f"fichiers/{file.reference}-{file.name}", chunks_of(file.file.storage, str(file.file.name)))


def erase(files: "QuerySet[AnyFile]") -> None:
    """The bytes first: a worker that dies in between finds the row that names them."""
    for file in files.order_by("pk").iterator(chunk_size=PIECE):
        for kept in (file.file, file.thumbnail):
            if kept:
                kept.storage.delete(str(kept.name))
        file.delete()
