"""What Prometheus reads: only with the token, of every process, and the figures of the day."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from billing.models import Reconciliation, StripeEvent
from billing.services.books import reconcile
from config.celery import app
from core import clock
from core.observation import counts
from notifications.models import Email
from pages.vitals.backlogs import KINDS
from sessions_video.echo import EchoConsumer
from tests.stripe import sandbox

__all__ = ["sandbox"]

TOKEN = "of-prometheus-0123456789"
DOOR = "/metriques/"
NOWHERE = "unix:///nowhere/valkey.sock"
Labels = dict[str, str]


@pytest.fixture(autouse=True)
def _counted_here_alone(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    own = uuid4().hex
    monkeypatch.setattr(counts, "KEY", f"counts:{own}")
    monkeypatch.setattr(counts, "SOCKETS_KEY", f"sockets:{own}")
    counts._pending.clear()
    settings.METRICS_TOKEN = TOKEN
    yield
    counts._pending.clear()


def asked(token: str = TOKEN, **headers: str) -> Any:
    return Client().get(DOOR, headers={"Authorization": f"Bearer {token}", **headers})


def figures() -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """By name, by labels."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(asked().content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def figure(name: str, **labels: str) -> float | None:
    return figures().get(name, {}).get(tuple(sorted(labels.items())))


# --- who may read ---


@pytest.mark.django_db
def test_the_token_opens_the_address(client: Client) -> None:
    answer = asked()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer of-prometheus", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} "])
def test_nobody_else_learns_that_it_is_there(client: Client, shown: str) -> None:
    """The database is out of bounds for this test."""
    answer = client.get(DOOR, headers={"Authorization": shown})
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("token", [TOKEN, ""])
def test_without_a_token_in_the_settings_there_is_nothing(settings: Settings, token: str) -> None:
    settings.METRICS_TOKEN = ""
    assert asked(token).status_code == 404


@pytest.mark.django_db
def test_prometheus_needs_neither_the_name_of_the_site_nor_tls(settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["skilmi.example"], True
    assert asked(host="10.0.0.7:8000").status_code == 200


# --- what processes count ---


@pytest.mark.django_db
def test_requests_are_counted_by_page_verb_and_status() -> None:
    for _time in range(3):
        Client().get("/robots.txt")
    Client().get("/membres/personne/")
    assert figure("skilmi_requests_total", page="pages:robots", method="GET", status="200") == 3
    assert figure("skilmi_requests_total", page="pages:profile", method="GET", status="404") == 1
    assert figure("skilmi_request_seconds_count", page="pages:robots", method="GET") == 3


@pytest.mark.django_db
def test_whatever_visitors_invent_makes_no_new_series() -> None:
    for number in range(4):
        Client().get(f"/nulle-part/{number}/")
        Client().generic(f"VERB{number}", f"/ailleurs/{number}")
    counted = figures()["skilmi_requests_total"]
    assert counted == {
        (("method", "GET"), ("page", "none"), ("status", "404")): 4,
        (("method", "other"), ("page", "none"), ("status", "404")): 4,
    }


def test_a_histogram_holds_in_each_bucket_those_before_it() -> None:
    for seconds in (0.004, 0.01, 0.02, 7.0, 70.0):
        counts.spend(counts.REQUEST_SECONDS, seconds, "pages:home", "GET")
    counts.flush()
    samples = {
        sample.labels["le"]: sample.value
        for metric in counts.read()
        for sample in metric.samples
        if sample.name == "skilmi_request_seconds_bucket"
    }
    assert (samples["0.01"], samples["0.025"], samples["5.0"], samples["10.0"], samples["+Inf"]) == (2, 3, 3, 4, 5)


@pytest.mark.django_db
def test_processes_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for process in ("web-1:7", "web-2:7"):
        monkeypatch.setattr(counts, "_process", lambda name=process: name)
        counts.count(counts.JOBS, "bookings.sweep", "done")
        with counts.open_socket("RoomConsumer"):
            counts.flush()
    assert figure("skilmi_jobs_total", job="bookings.sweep", outcome="done") == 2
    assert figure("skilmi_sockets_open", kind="RoomConsumer") == 1


@pytest.mark.django_db
def test_the_sockets_of_a_process_that_died_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_process", lambda: "web-1:7")
    with counts.open_socket("RoomConsumer"):
        counts.flush()
    monkeypatch.setattr(counts, "SILENCE_SECONDS", -1)
    assert "skilmi_sockets_open" not in figures()


@pytest.mark.django_db
def test_while_valkey_is_away_counts_wait_and_figures_are_told(settings: Settings) -> None:
    counts.count(counts.JOBS, "bookings.sweep", "done")
    there, settings.REDIS_URL = settings.REDIS_URL, NOWHERE
    said = figures()
    assert said["skilmi_counts_readable"] == {(): 0}
    assert said["skilmi_rooms_open"] == {(): 0}
    settings.REDIS_URL = there
    assert figure("skilmi_jobs_total", job="bookings.sweep", outcome="done") == 1
    assert figure("skilmi_counts_readable") == 1


@pytest.mark.django_db
def test_nothing_is_counted_for_nobody(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    Client().get("/robots.txt")
    assert counts._pending == {}


@pytest.mark.django_db
def test_jobs_are_counted_by_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    app.autodiscover_tasks(force=True)
    app.tasks["bookings.sweep"].apply()
    monkeypatch.setattr("bookings.services.due_reminder_ids", lambda: 1 // 0)
    app.tasks["bookings.sweep"].apply()
    assert figure("skilmi_jobs_total", job="bookings.sweep", outcome="done") == 1
    assert figure("skilmi_jobs_total", job="bookings.sweep", outcome="failed") == 1
    assert figure("skilmi_job_seconds_count", job="bookings.sweep") == 2


async def test_open_sockets_are_counted_until_they_end() -> None:
    link: Any = ApplicationCommunicator(EchoConsumer.as_asgi(), {"type": "websocket"})  # type: ignore[no-untyped-call]
    await link.send_input({"type": "websocket.connect"})
    await link.receive_output(timeout=5)
    assert counts._open["EchoConsumer"] == 1
    await link.send_input({"type": "websocket.disconnect", "code": 1000})
    await link.wait(timeout=5)
    assert counts._open["EchoConsumer"] == 0


# --- what the database says ---


def late_email(**changed: Any) -> Email:
    now = clock.now()
    given = {"kind": "x", "message_id": f"<{uuid4()}@x>", "to": "a@example.org", "subject": "x", "created_at": now}
    return Email.objects.create(**given | {"next_attempt_at": now - timedelta(minutes=7)} | changed)


@pytest.mark.django_db
def test_what_is_due_has_a_count_and_an_age() -> None:
    late_email()
    late_email(next_attempt_at=clock.now() + timedelta(hours=1))
    assert figure("skilmi_due", kind="emails") == 1
    assert 420 <= (figure("skilmi_due_age_seconds", kind="emails") or 0) <= 425
    assert figure("skilmi_due_age_seconds", kind="payouts") == 0


@pytest.mark.django_db
def test_news_of_stripe_that_wait_and_those_given_up() -> None:
    long_ago = clock.now() - timedelta(hours=2)
    for name, due in (("evt_1", long_ago), ("evt_2", None)):
        StripeEvent.objects.create(event_id=name, type="x", payload={}, received_at=long_ago, next_attempt_at=due)
    assert figure("skilmi_due", kind="stripe_events") == 1
    assert figure("skilmi_webhooks_given_up") == 1


@pytest.mark.django_db
def test_the_last_control_of_the_books_is_kept(sandbox: Any) -> None:
    assert figure("skilmi_reconciliation_age_seconds") is None
    reconcile(now=clock.now() - timedelta(hours=5))
    control = Reconciliation.objects.get()
    said = figures()
    assert control.rows == sum(said["skilmi_ledger_drift_rows"].values())
    assert {label for ((_name, label),) in said["skilmi_ledger_drift_rows"]} == set(control.found)
    assert len(control.found) > 30
    assert round((figure("skilmi_reconciliation_age_seconds") or 0) / 3600) == 5


@pytest.mark.django_db
def test_one_reading_asks_the_database_little() -> None:
    with CaptureQueriesContext(connection) as asked_for:
        asked()
    assert len(asked_for) <= len(KINDS) + 12, [query["sql"] for query in asked_for]


def plan_of(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_no_figure_reads_a_whole_table() -> None:
    """With tables as large as they will be, an index serves each: asked not to read all of one, the planner can."""
    with CaptureQueriesContext(connection) as asked_for:
        asked()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = {query["sql"]: plan_of(query["sql"]) for query in asked_for if query["sql"].startswith("SELECT")}
    assert len(plans) > len(KINDS)
    # A handful of rows, read whole.
    assert {sql: plan for sql, plan in plans.items() if "Seq Scan" in plan and "core_setting" not in sql} == {}


@pytest.mark.django_db
def test_a_control_by_hand_is_kept_as_well(sandbox: Any) -> None:
    call_command("reconcile", stdout=StringIO())
    assert Reconciliation.objects.count() == 1
    call_command("reconcile", "--offline", stdout=StringIO())
    assert Reconciliation.objects.count() == 1
