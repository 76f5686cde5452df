"""How many files a member may send."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import User
from core.files.keeping import Prepared, Upload, prepare
from messaging.errors import TooManyFilesToday
from messaging.models import Attachment

DAY = timedelta(days=1)


def prepare_for_message(files: Sequence[Upload], *, author: User, now: datetime) -> list[Prepared]:
    """Check the files of a message. Raises FilesRefused."""
    check_day(len(files), author=author, now=now)
    return prepare(files)


def check_day(count: int, *, author: User, now: datetime) -> None:
    """Raises TooManyFilesToday when `count` more are too many: asked before they are drawn, and under the lock."""
    if not count:
        return
    sent = Attachment.objects.filter(message__author=author, message__created_at__gt=now - DAY).count()
    if sent + count > settings.MESSAGE_FILES_PER_DAY:
        raise TooManyFilesToday
