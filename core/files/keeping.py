"""Files people send: checked by their content, kept under names that tell nothing, never without their rows."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from core.files.errors import FileDamaged, FileEmpty, FileRefused, FileTooBig, TooManyFiles
from core.files.kinds import Kind, clean_name, fitting_name, recognize
from core.files.models import KeptFile
from core.files.notes import NotAPicture, without_notes
from core.files.pictures import thumbnail
from core.identifiers import new_reference

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Prepared:
    name: str
    content: bytes
    kind: Kind
    # WebP, width, height.
    picture: tuple[bytes, int, int] | None


def prepare(files: Sequence[Upload]) -> list[Prepared]:
    """Check each file and draw its small picture. Raises FilesRefused; the sentence names the file."""
    if len(files) > settings.FILES_AT_ONCE:
        raise TooManyFiles
    return [_prepare_one(each) for each in files]


def _prepare_one(upload: Upload) -> Prepared:
    name = clean_name(upload.name)
    if not upload.content:
        raise FileEmpty(name)
    if len(upload.content) > settings.FILE_MEBIBYTES * MEBIBYTE:
        raise FileTooBig(name)
    kind = recognize(upload.content, name)
    if kind is None:
        raise FileRefused(name)
    picture = thumbnail(upload.content, name) if kind.is_image else None
    return Prepared(fitting_name(name, kind), _without_notes(upload.content, kind, name), kind, picture)


def _without_notes(content: bytes, kind: Kind, name: str) -> bytes:
    """Where a photo was taken is nobody's affair (SK-54)."""
    try:
        return without_notes(content, kind.media_type)
    except NotAPicture as error:
        raise FileDamaged(name) from error


@dataclass
class Kept:
    """What was written into the storage for some rows: taken out again if they are not kept."""

    prepared: Sequence[Prepared]
    written: list[tuple[Storage, str]] = field(default_factory=list)

    def attach(self, row: Callable[[], KeptFile]) -> None:
        """Save each file in the row that `row` makes: it says to what the file belongs."""
        for position, each in enumerate(self.prepared):
            kept = row()
            kept.position = position
            kept.name = each.name
            kept.size = len(each.content)
            kept.media_type = each.kind.media_type
            kept.sha256 = hashlib.sha256(each.content).hexdigest()
            self._write(kept, each)
            kept.save()

    def _write(self, kept: KeptFile, each: Prepared) -> None:
        kept.file.save(new_reference(), ContentFile(each.content), save=False)
        self.written.append((kept.file.storage, str(kept.file.name)))
        if each.picture:
            drawn, kept.thumbnail_width, kept.thumbnail_height = each.picture
            kept.thumbnail.save(new_reference(), ContentFile(drawn), save=False)
            self.written.append((kept.thumbnail.storage, str(kept.thumbnail.name)))

    def take_out(self) -> None:
        for storage, name in self.written:
            storage.delete(name)


@contextmanager
def stored(prepared: Sequence[Prepared]) -> Iterator[Kept]:
    """Around the transaction: rows that are not kept leave no file behind."""
    kept = Kept(prepared)
    try:
        yield kept
    except BaseException:
        kept.take_out()
        raise
