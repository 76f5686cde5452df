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
    """Files that lie in the storage already, for rows that are still to be made."""

    prepared: Sequence[Prepared]
    # Of each: its name in the storage, and that of its small picture.
    names: Sequence[tuple[str, str]]
    is_attached: bool = False

    def attach(self, row: Callable[[], KeptFile]) -> None:
        """Save each file in the row that `row` makes: it says to what the file belongs."""
        for position, (each, names) in enumerate(zip(self.prepared, self.names, strict=True)):
            kept = row()
            kept.position = position
            kept.name = each.name
            kept.size = len(each.content)
            kept.media_type = each.kind.media_type
            kept.sha256 = hashlib.sha256(each.content).hexdigest()
            kept.file, kept.thumbnail = names
            if each.picture:
                _drawn, kept.thumbnail_width, kept.thumbnail_height = each.picture
            kept.save()
        self.is_attached = True


@contextmanager
def stored(prepared: Sequence[Prepared], model: type[KeptFile]) -> Iterator[Kept]:
    """Around the transaction, which never waits for the storage: rows that are not kept leave no file behind."""
    with written(model._meta.get_field("file").storage) as write:
        kept = Kept(prepared, [_write(write, model.folder, each) for each in prepared])
        yield kept
        if not kept.is_attached:
            write.take_out()


def _write(write: "Writing", folder: str, each: Prepared) -> tuple[str, str]:
    name = write(f"{folder}/{new_reference()}", each.content)
    return name, write(f"{folder}/{new_reference()}", each.picture[0]) if each.picture else ""


@dataclass
class Writing:
    storage: Storage
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str, content: bytes) -> str:
        """The name it got."""
        self.names.append(self.storage.save(name, ContentFile(content)))
        return self.names[-1]

    def take_out(self) -> None:
        for name in self.names:
            self.storage.delete(name)


@contextmanager
def written(storage: Storage) -> Iterator[Writing]:
    """What is written inside is taken out again when something fails."""
    writing = Writing(storage)
    try:
        yield writing
    except BaseException:
        writing.take_out()
        raise
