"""« Mes données »: the archive of all we know of a member (K-19, N-3)."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import exports
from accounts.archive import INDEX, write_archive
from accounts.errors import OneExportADay
from accounts.models import DataExport, User
from accounts.personal_data import erase
from accounts.rules import CLAIM, EXPORT_TRIES
from accounts.states import ExportStatus
from billing.models import Invoice
from core import clock
from core.personal_data import registered
from messaging.models import Message
from messaging.services import get_or_create_thread
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.accounts import everything
from tests.accounts.everything import LEARNERS_WORDS
from tests.accounts.leaving import PASSWORD, days
from tests.bookings.making import text_of
from tests.sessions_video.conftest import at_local_hour

pytestmark = pytest.mark.usefixtures("outbox")
PAGE = reverse("accounts:data")
A_LOT = 2_000
LONG = 4_000
MEBIBYTE = 1024 * 1024


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ready(user: User) -> DataExport:
    export = exports.request_export(user=user)
    assert exports.make_due_exports() == 1
    export.refresh_from_db()
    return export


def fetched(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.requirement("K-19")
def test_the_password_asks_for_an_archive_that_a_letter_announces_without_carrying_it(karim: User) -> None:
    client = signed_in(karim)
    assert client.post(PAGE, {"password": "devine"}).status_code == 200
    assert not DataExport.objects.exists()
    assert client.post(PAGE, {"password": PASSWORD}).status_code == 302
    assert "en préparation" in text_of(client.get(PAGE))
    export = DataExport.objects.get()
    address = reverse("accounts:archive", args=[export.reference])
    assert client.get(address).status_code == 404
    assert exports.make_due_exports() == 1
    assert exports.make_due_exports() == 0
    letter = Email.objects.get(to=karim.email)
    assert PAGE in letter.body_text
    assert address not in letter.body_text + letter.body_html
    assert not letter.attachments.exists()
    assert address in text_of(client.get(PAGE))
    answer = client.get(address)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="skilmi-mes-donnees-')
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert fetched(answer).startswith(b"PK")


@pytest.mark.requirement("K-19")
def test_the_archive_holds_every_part_of_what_was_left_and_nobody_elses_address(db: None, sandbox: Sandbox) -> None:
    at_local_hour(9)
    world = everything.build()
    pdf = b"%PDF-1.7 facture"
    Invoice.objects.update(pdf=pdf, pdf_sha256=sha256(pdf).hexdigest(), rendered_at=clock.now())
    export = ready(world.learner)
    answer = signed_in(world.learner).get(reverse("accounts:archive", args=[export.reference]))
    archive = ZipFile(BytesIO(fetched(answer)))
    assert archive.testzip() is None
    parts = {source.app: json.loads(archive.read(f"{source.app}.json")) for source in registered()}
    assert parts["accounts"]["Compte"][0]["Adresse e-mail"] == world.learner.email
    assert parts["accounts"]["Page personnelle"][0]["Titre"] == LEARNERS_WORDS
    assert parts["messaging"]["Messages écrits"][0]["Texte"] == LEARNERS_WORDS
    assert parts["messaging"]["Signalements"] == []
    assert {row["Votre rôle"] for row in parts["bookings"]["Réservations"]} == {"apprenant"}
    assert parts["billing"]["Règlements"][0]["Facturé"].endswith("\xa0€")
    assert parts["sessions_video"]["Pannes signalées"][0]["Message"] == LEARNERS_WORDS
    assert parts["reviews"]["Évaluations écrites"][0]["Commentaire"] == "Clair et patient."
    invoice = Invoice.objects.get(recipient=world.learner)
    assert archive.read(f"factures/{invoice.full_number}.pdf") == pdf
    assert archive.read("photo.webp")[8:12] == b"WEBP"
    sent = [name for name in archive.namelist() if name.startswith("fichiers/")]
    assert [name.rpartition(".")[2] for name in sent] == ["png", "pdf"]
    index = archive.read(INDEX).decode()
    assert all(name in index for name in (*sent, "billing.json", "Mes données"))
    text = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".json")).decode()
    assert world.mentor.email not in text


@pytest.mark.requirement("K-19")
def test_only_its_owner_fetches_an_archive(karim: User, nadia: User) -> None:
    address = reverse("accounts:archive", args=[ready(karim).reference])
    assert signed_in(nadia).get(address).status_code == 404
    User.objects.filter(pk=nadia.pk).update(is_staff=True, is_superuser=True)
    assert signed_in(nadia).get(address).status_code == 404
    assert Client().get(address).headers["Location"].startswith(reverse("account_login"))
    assert fetched(signed_in(karim).get(address)).startswith(b"PK")


def test_one_archive_a_day(karim: User) -> None:
    now = clock.now()
    first = exports.request_export(user=karim, now=now)
    assert exports.request_export(user=karim, now=now) == first
    exports.make_due_exports(now=now)
    with pytest.raises(OneExportADay):
        exports.request_export(user=karim, now=now + timedelta(hours=23))
    assert "depuis hier" in text_of(signed_in(karim).post(PAGE, {"password": PASSWORD}))
    assert exports.request_export(user=karim, now=now + timedelta(hours=24)) != first


def test_it_is_removed_after_seven_days(karim: User) -> None:
    now = clock.now()
    export = ready(karim)
    file = Path(settings.STORAGES["private"]["OPTIONS"]["location"]) / str(export.file.name)
    assert exports.remove_old_exports(now=now + timedelta(days=6, hours=23)) == 0
    assert file.exists()
    assert exports.remove_old_exports(now=now + days(8)) == 1
    assert not file.exists()
    assert exports.remove_old_exports(now=now + days(8)) == 0
    client = signed_in(karim)
    assert client.get(reverse("accounts:archive", args=[export.reference])).status_code == 404
    assert client.get(PAGE).status_code == 200


def test_a_job_that_dies_is_taken_again_then_given_up(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    export = exports.request_export(user=karim, now=now)

    def fail(*_args: object, **_more: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(exports, "write_archive", fail)
        assert exports.make_due_exports(now=now) == 0
        assert exports.make_due_exports(now=now) == 0
    assert exports.make_due_exports(now=now + CLAIM) == 1
    export.refresh_from_db()
    assert (export.status, export.attempts) == (ExportStatus.READY, 2)
    later = exports.request_export(user=karim, now=now + days(2))
    monkeypatch.setattr(exports, "write_archive", fail)
    for number in range(EXPORT_TRIES + 1):
        exports.make_due_exports(now=now + days(2) + number * CLAIM)
    later.refresh_from_db()
    assert later.status == ExportStatus.FAILED
    assert exports.request_export(user=karim, now=now + days(2) + days(1)) != later


def test_a_hundred_thousand_words_do_not_fill_the_memory(karim: User, claire: User) -> None:
    thread = get_or_create_thread(one=karim, other=claire)
    made = (Message(thread=thread, author=karim, body="é" * LONG, created_at=clock.now()) for _ in range(A_LOT))
    Message.objects.bulk_create(made, batch_size=200)
    tracemalloc.start()
    try:
        write_archive(karim, _Counted(), now=clock.now())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < A_LOT * LONG


class _Counted(BytesIO):
    """Takes everything, keeps nothing, and knows how far it is."""

    length = 0

    def write(self, data: Any) -> int:
        self.length += len(data)
        return len(data)

    def tell(self) -> int:
        return self.length

    def seekable(self) -> bool:
        return False


def stored_files() -> list[str]:
    kept = Path(settings.STORAGES["private"]["OPTIONS"]["location"]) / "exports"
    return sorted(path.name for path in kept.glob("*")) if kept.exists() else []


def test_a_worker_slower_than_its_claim_takes_nothing_away(
    karim: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    now, before = clock.now(), stored_files()
    export = exports.request_export(user=karim, now=now)

    def overtaken(member: User, out: Any, *, now: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(exports, "write_archive", write_archive)
            assert exports.make_due_exports(now=now + CLAIM) == 1
        write_archive(member, out, now=now)

    monkeypatch.setattr(exports, "write_archive", overtaken)
    with django_capture_on_commit_callbacks(execute=True):
        assert exports.make_due_exports(now=now) == 0
    export.refresh_from_db()
    assert (export.status, export.attempts) == (ExportStatus.READY, 2)
    assert [name for name in stored_files() if name not in before] == [Path(str(export.file.name)).name]
    address = reverse("accounts:archive", args=[export.reference])
    assert fetched(signed_in(karim).get(address)).startswith(b"PK")


@pytest.mark.parametrize("ends", ["erased", "given up", "ready"])
def test_what_a_dead_worker_wrote_does_not_stay(
    karim: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
    ends: str,
) -> None:
    """It stopped between the file and the row that names it."""
    now, before = clock.now(), stored_files()
    export = exports.request_export(user=karim, now=now)

    class Killed(BaseException):
        pass

    def killed(*_args: object) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(exports, "_keep", killed)
        for number in range(EXPORT_TRIES if ends == "given up" else 1):
            with pytest.raises(Killed):
                exports.make_due_exports(now=now + number * CLAIM)
    assert len(stored_files()) > len(before)
    if ends == "erased":
        erase(karim.pk)
    else:
        with django_capture_on_commit_callbacks(execute=True):
            exports.make_due_exports(now=now + EXPORT_TRIES * CLAIM)
    named = [Path(str(row.file.name)).name for row in DataExport.objects.filter(pk=export.pk).exclude(file="")]
    assert len(named) == (ends == "ready")
    assert [name for name in stored_files() if name not in before] == named
