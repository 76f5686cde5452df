"""Files that travel with a message: checked by their content, kept under names that tell nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from accounts.models import User
from core.identifiers import new_reference
from messaging.errors import FileDamaged, FileEmpty, FileRefused, FileTooBig, TooManyFiles, TooManyFilesToday
from messaging.file_kinds import Kind, clean_name, fitting_name, recognize
from messaging.file_notes import NotAPicture, without_notes
from messaging.models import Attachment, Message
from messaging.pictures import thumbnail

MEBIBYTE = 1024 * 1024
DAY = timedelta(days=1)


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


def prepare(files: Sequence[Upload], *, author: User, now: datetime) -> list[Prepared]:
    """Check each file and draw its small picture. Raises a MessagingError that names the file."""
    if not files:
        return []
    if len(files) > settings.MESSAGE_FILES:
        raise TooManyFiles
    check_day(len(files), author=author, now=now)
    return [_prepare_one(each) for each in files]


def check_day(count: int, *, author: User, now: datetime) -> None:
    """Raises TooManyFilesToday when `count` more are too many: asked before they are drawn, and under the lock."""
    if not count:
        return
    sent = Attachment.objects.filter(message__author=author, message__created_at__gt=now - DAY).count()
    if sent + count > settings.MESSAGE_FILES_PER_DAY:
        raise TooManyFilesToday


def _prepare_one(upload: Upload) -> Prepared:
    name = clean_name(upload.name)
    if not upload.content:
        raise FileEmpty(name)
    if len(upload.content) > settings.MESSAGE_FILE_MEBIBYTES * MEBIBYTE:
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
    """What one message wrote into the storage: taken out again if its rows are not kept."""

    prepared: Sequence[Prepared]
    written: list[tuple[Storage, str]] = field(default_factory=list)

    def attach(self, message: Message) -> None:
        for position, each in enumerate(self.prepared):
            attachment = Attachment(
                message=message,
                position=position,
                name=each.name,
                size=len(each.content),
                media_type=each.kind.media_type,
                sha256=hashlib.sha256(each.content).hexdigest(),
            )
            self._write(attachment, each)
            attachment.save()

    def _write(self, attachment: Attachment, each: Prepared) -> None:
        attachment.file.save(new_reference(), ContentFile(each.content), save=False)
        self.written.append((attachment.file.storage, str(attachment.file.name)))
        if each.picture:
            drawn, attachment.thumbnail_width, attachment.thumbnail_height = each.picture
            attachment.thumbnail.save(new_reference(), ContentFile(drawn), save=False)
            self.written.append((attachment.thumbnail.storage, str(attachment.thumbnail.name)))

    def take_out(self) -> None:
        for storage, name in self.written:
            storage.delete(name)


@contextmanager
def stored(prepared: Sequence[Prepared]) -> Iterator[Kept]:
    """Around the transaction: a message that is not kept leaves no file behind."""
    kept = Kept(prepared)
    try:
        yield kept
    except BaseException:
        kept.take_out()
        raise
