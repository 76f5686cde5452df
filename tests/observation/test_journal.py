"""A line of the journal: its occasion, its shape, and what is never in it."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from bookings.models import Booking
from config.celery import app
from core import jobs, logs
from core.observation import occasion
from sessions_video.echo import EchoConsumer
from tests.bookings.conftest import booking, skill

__all__ = ["booking", "skill"]

log = logging.getLogger("tests.journal")
NAME = "Nadia Faure"
Lines = list[dict[str, Any]]


class Journal(logging.Handler):
    """What a real server would write, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(logs.HideSecrets())
        self.setFormatter(logs.formatter(readable=False))
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    @property
    def lines(self) -> Lines:
        return [json.loads(line) for line in self.written]

    def last(self, words: str) -> dict[str, Any]:
        return next(line for line in reversed(self.lines) if words in line["event"])


@pytest.fixture
def journal() -> Iterator[Journal]:
    handler = Journal()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    occasion.end()


def named(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- requests ---


@pytest.mark.django_db
def test_each_request_has_a_line_with_its_number_its_person_and_its_page(journal: Journal, karim: User) -> None:
    answer = named(karim).get(reverse("notifications:list"))
    line = journal.last("GET notifications:list 200")
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["user"], line["status"], line["method"], line["level"]) == (karim.pk, 200, "GET", "INFO")
    assert line["ms"] > 0


@pytest.mark.django_db
def test_a_visitor_after_a_member_is_nobody(journal: Journal, karim: User) -> None:
    named(karim).get(reverse("notifications:list"))
    Client().get(reverse("pages:help"))
    assert "user" not in journal.last("GET pages:help 200")


@pytest.mark.django_db
def test_two_requests_have_two_numbers() -> None:
    given = {Client().get("/robots.txt").headers["X-Request-ID"] for _ in range(3)}
    assert len(given) == 3


@pytest.mark.django_db
def test_the_number_a_proxy_of_ours_gave_is_kept(settings: Settings, client: Client) -> None:
    settings.TRUSTED_PROXIES = 1
    answer = client.get("/robots.txt", headers={"X-Request-ID": "01890f5c-7b2a-7c3e-a001-0242ac120002"})
    assert answer.headers["X-Request-ID"] == "01890f5c-7b2a-7c3e-a001-0242ac120002"


@pytest.mark.django_db
@pytest.mark.parametrize("told", ["short", "a" * 65, 'x","level":"', "claire@example.org", "été-2026-11"])
def test_what_is_no_number_is_replaced(settings: Settings, client: Client, told: str) -> None:
    settings.TRUSTED_PROXIES = 1
    assert client.get("/robots.txt", headers={"X-Request-ID": told}).headers["X-Request-ID"] != told


@pytest.mark.django_db
def test_without_a_proxy_of_ours_the_number_is_our_own(settings: Settings, client: Client) -> None:
    settings.TRUSTED_PROXIES = 0
    answer = client.get("/robots.txt", headers={"X-Request-ID": "0123456789abcdef"})
    assert answer.headers["X-Request-ID"] != "0123456789abcdef"


@pytest.mark.django_db
def test_an_invented_verb_and_an_unknown_page_have_no_names_of_their_own(journal: Journal) -> None:
    Client().generic("CLAIRE", "/membres/claire-roux/nulle-part/")
    line = journal.last("other none 404")
    assert "claire" not in json.dumps(line).lower()


@pytest.mark.django_db
def test_no_line_says_whose_page_was_asked_for(journal: Journal, claire: User, karim: User) -> None:
    client = named(karim)
    client.get(f"/membres/{claire.page.slug}/?suite=Claire")
    client.get(f"/membres/{claire.page.slug}-bis/?suite=Claire")
    client.post(f"/membres/{claire.page.slug}/")
    text = "".join(journal.written).lower()
    assert "pages:profile" in text
    assert claire.page.slug not in text
    assert "claire" not in text
    assert karim.email not in text


def test_nor_does_what_django_says_of_a_page_that_failed(journal: Journal, rf: RequestFactory) -> None:
    request = rf.get("/membres/claire-roux/")
    said = {"request": request, "status_code": 500}
    logging.getLogger("django.request").error("%s: %s", "Internal Server Error", request.path, extra=said)
    assert journal.lines[-1]["event"] == "Internal Server Error: …"
    assert "claire" not in journal.written[-1]


# --- bookings ---


@pytest.mark.django_db
def test_whoever_loads_a_booking_writes_about_it(journal: Journal, booking: Booking) -> None:
    named(booking.learner).get(reverse("bookings:detail", args=[booking.reference]))
    assert journal.last("GET bookings:detail 200")["booking"] == booking.reference


@pytest.mark.django_db
def test_a_stranger_writes_about_no_booking(journal: Journal, booking: Booking, nadia: User) -> None:
    named(nadia).get(reverse("bookings:detail", args=[booking.reference]))
    assert "booking" not in journal.last("GET bookings:detail 404")


# --- jobs ---


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Jobs as the broker would get them."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: found.append({"name": name, **options}))
    return found


@pytest.mark.django_db
def test_a_job_carries_the_number_of_the_request_that_sent_it(
    sent: list[dict[str, Any]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    occasion.begin(request_id="abcdefgh23456789")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue("notifications.send_email", email_id=1)
    assert sent[0]["headers"] == {"request_id": "abcdefgh23456789"}


def run(name: str, **options: Any) -> None:
    app.autodiscover_tasks(force=True)
    app.tasks[name].apply(**options)


@pytest.mark.django_db
def test_what_a_job_writes_names_it_and_the_request_behind_it(journal: Journal) -> None:
    run("notifications.send_due_emails", headers={"request_id": "abcdefgh23456789"}, task_id="one")
    line = journal.last("job notifications.send_due_emails done")
    assert (line["job"], line["job_id"], line["request_id"]) == (
        "notifications.send_due_emails",
        "one",
        "abcdefgh23456789",
    )
    assert line["outcome"] == "done"


@pytest.mark.django_db
def test_the_next_job_of_a_thread_knows_nothing_of_the_one_before(journal: Journal) -> None:
    run("notifications.send_due_emails", headers={"request_id": "abcdefgh23456789"})
    log.info("between two jobs")
    run("bookings.sweep")
    assert "job" not in journal.last("between two jobs")
    assert "request_id" not in journal.last("job bookings.sweep done")


@pytest.mark.django_db
def test_a_job_that_fails_says_so(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookings.services.due_reminder_ids", lambda: 1 // 0)
    run("bookings.sweep")
    line = journal.last("job bookings.sweep failed")
    assert line["outcome"] == "failed"


# --- sockets ---


class Talking(EchoConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        occasion.note(page_id=text_data)
        log.info("heard %s", text_data)
        await super().receive(text_data, bytes_data)


def socket_of(user: User) -> Any:
    return ApplicationCommunicator(Talking.as_asgi(), {"type": "websocket", "user": user})  # type: ignore[no-untyped-call]


async def heard(link: Any, name: str) -> None:
    await link.send_input({"type": "websocket.receive", "text": name})
    assert (await link.receive_output(timeout=5))["text"] == name


async def test_each_socket_has_an_occasion_of_its_own(journal: Journal) -> None:
    one, other = socket_of(User(pk=7)), socket_of(User(pk=8))
    for link in (one, other):
        await link.send_input({"type": "websocket.connect"})
        await link.receive_output(timeout=5)
    for name, link in (("one", one), ("other", other), ("again", one)):
        await heard(link, name)
    log.info("outside")
    for link in (one, other):
        await link.send_input({"type": "websocket.disconnect", "code": 1000})
        await link.wait(timeout=5)
    lines = [journal.last(f"heard {name}") for name in ("one", "other", "again")]
    assert lines[0]["request_id"] == lines[2]["request_id"] != lines[1]["request_id"]
    assert [line["user"] for line in lines] == [7, 8, 7]
    assert lines[0]["socket"] == "Talking"
    assert "socket" not in journal.last("outside")


# --- what is in no line ---


def test_no_address_of_e_mail_is_written(journal: Journal) -> None:
    log.warning("not sent: %s", {"claire.roux@example.org": (550, b"unknown <Karim@exemple.fr>")})
    assert "@" not in journal.written[-1]
    assert "550" in journal.written[-1]


@pytest.mark.django_db
def test_no_row_that_postgresql_prints_is_written(journal: Journal) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE guests (name text UNIQUE)")
            cursor.execute("INSERT INTO guests VALUES (%s), (%s)", [NAME, NAME])
    except IntegrityError:
        log.exception("not written")
    line = journal.last("not written")
    assert "duplicate key" in line["exception"]
    assert NAME not in journal.written[-1]


def test_the_message_of_an_unusual_error_is_cleaned_as_well(journal: Journal) -> None:
    try:
        int("no page for claire@example.org at /agenda/claire/abcdefgh/")
    except ValueError:
        log.exception("no page")
    assert "ValueError" in journal.last("no page")["exception"]
    assert "claire@" not in journal.written[-1]
    assert "abcdefgh" not in journal.written[-1]


def test_a_line_for_people_is_one_line_and_its_traceback() -> None:
    try:
        int("gone")
    except ValueError:
        record = logging.LogRecord("billing", logging.ERROR, "x", 1, "payout %s", (7,), sys.exc_info())
    occasion.begin(request_id="abcdefgh23456789", user=3)
    assert logs.HideSecrets().filter(record)
    first, *rest = logs.formatter(readable=True).format(record).splitlines()
    occasion.end()
    assert "ERROR billing payout 7 " in first
    assert {"request_id=abcdefgh23456789", "user=3"} <= set(first.split())
    assert rest[-1].startswith("ValueError: invalid literal")


def test_the_settings_of_every_server_write_so(settings: Settings) -> None:
    handler = settings.LOGGING["handlers"]["console"]
    assert settings.LOGGING["formatters"][handler["formatter"]]["()"] == "core.logs.formatter"
    assert handler["filters"] == ["secrets"]
    assert settings.LOGGING["root"]["handlers"] == ["console"]
