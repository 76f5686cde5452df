"""An archive of one's own data: asked for once a day, made by a job, announced by e-mail, kept for seven days (K-19).

A worker may die anywhere: the row stays due, and what it began is written again.
"""

import logging
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile

from django.core.files import File
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation

from accounts import letters
from accounts.archive import write_archive
from accounts.errors import OneExportADay
from accounts.models import DataExport, User
from accounts.rules import CLAIM, EXPORT_KEPT, EXPORT_PACE, EXPORT_TRIES
from accounts.states import EXPORT_ALLOWED, ExportStatus
from core import clock
from core.jobs import enqueue
from core.states import check_move

log = logging.getLogger(__name__)


@transaction.atomic
def request_export(*, user: User, now: datetime | None = None) -> DataExport:
    """Ask for an archive; while one is being made, the same. Raises OneExportADay. One that failed does not count."""
    moment = now or clock.now()
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    last = DataExport.objects.filter(user=user).exclude(status=ExportStatus.FAILED).first()
    if last and last.is_being_made:
        return last
    if last and last.asked_at > moment - EXPORT_PACE:
        raise OneExportADay
    export = DataExport.objects.create(user=user, asked_at=moment, next_attempt_at=moment)
    enqueue("accounts.sweep_exports")
    return export


def latest_export(user: User) -> DataExport | None:
    return DataExport.objects.filter(user=user).first()


def get_archive_for(user: User, reference: str) -> DataExport:
    """The only door to an archive: 404 for everybody but its owner, and once it is removed."""
    export = DataExport.objects.filter(user=user, reference=reference, status=ExportStatus.READY).first()
    if export is None:
        raise Http404
    return export


# --- what is due ---


def make_due_exports(*, now: datetime | None = None) -> int:
    """One archive after the other; how many are ready."""
    moment = now or clock.now()
    made = 0
    while (export := _claim(moment)) is not None:
        made += _make(export, moment)
    return made


@transaction.atomic
def _claim(now: datetime) -> DataExport | None:
    due = DataExport.objects.due(now).order_by("next_attempt_at")
    export = due.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
    if export is None:
        return None
    if export.attempts >= EXPORT_TRIES:
        log.error("the archive %s of member %s is given up", export, export.user_id)
        transaction.on_commit(partial(_delete_begun, export, export.attempts))
        _move(export, ExportStatus.FAILED)
        return _claim(now)
    export.attempts += 1
    export.next_attempt_at = now + CLAIM
    export.save(update_fields=["attempts", "next_attempt_at"])
    return export


def _make(export: DataExport, now: datetime) -> bool:
    """Never inside a transaction: it may take minutes."""
    member = export.user
    try:
        with TemporaryFile() as made, translation.override(member.language), timezone.override(member.zone):
            write_archive(member, made, now=now)
            size = made.tell()
            made.seek(0)
            name = export.file.storage.save(_path(export, export.attempts), File(made))
    except Exception:
        # Whatever it is, the row stays due and somebody reads this.
        log.exception("the archive %s of member %s is not made", export, export.user_id)
        return False
    return _keep(export, name, size, now)


def _path(export: DataExport, attempt: int) -> str:
    """Each attempt writes its own: one that is slower than its claim touches nothing of the next."""
    return f"exports/{export.reference}-{attempt}.zip"


@transaction.atomic
def _keep(export: DataExport, name: str, size: int, now: datetime) -> bool:
    asked = DataExport.objects.filter(pk=export.pk, status=ExportStatus.ASKED, attempts=export.attempts)
    locked = asked.select_for_update(of=("self",)).first()
    if locked is None:
        # Erased meanwhile, or somebody else's by now.
        transaction.on_commit(partial(export.file.storage.delete, name))
        return False
    transaction.on_commit(partial(_delete_begun, locked, locked.attempts - 1))
    _move(locked, ExportStatus.READY, file=name, size=size, ready_at=now, expires_at=now + EXPORT_KEPT)
    letters.write(to=export.user, letter="data_ready", url=reverse("accounts:data"), export=locked)
    return True


def remove_old_exports(*, now: datetime | None = None) -> int:
    """The file first: a worker that dies in between finds the row again."""
    old = DataExport.objects.filter(status=ExportStatus.READY, expires_at__lte=now or clock.now())
    for export in old:
        delete_file(export)
        _move(export, ExportStatus.REMOVED, file="")
    return len(old)


def delete_file(export: DataExport) -> None:
    """With what a worker that died had written and not yet named."""
    _delete_begun(export, export.attempts)
    if export.file:
        export.file.storage.delete(str(export.file.name))


def _delete_begun(export: DataExport, attempts: int) -> None:
    for attempt in range(1, attempts + 1):
        export.file.storage.delete(_path(export, attempt))


def _move(export: DataExport, to: ExportStatus, **facts: datetime | str | int) -> None:
    """The only writer of an export's status."""
    check_move(EXPORT_ALLOWED, export.status, to)
    export.status = to
    for name, value in facts.items():
        setattr(export, name, value)
    export.save(update_fields=["status", *facts])
