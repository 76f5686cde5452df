"""Parts that are told to stop, by SIGTERM as containers are: what they hold is finished, and nothing is lost.

What follows a kill without a word is in tests/billing/test_payout_kills.py and tests/browser/test_faults.py.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection, transaction
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from core.embedded.parts import HOST, Plan
from core.embedded.places import PROJECT
from core.embedded.processes import last_lines, wait_until
from notifications.models import Email
from tests import people
from tests.browser.stack import database_url, free_port_pair
from tests.databases import cloned_database, wait_for_lock
from tests.notifications.test_notify import tell

__all__ = ["cloned_database"]

START_SECONDS = END_SECONDS = 60
# uvicorn says « service restart »; none of the codes after which a page stays away.
RESTART = 1012


def image_command(port: int) -> list[str]:
    """What the container of the web process runs, at another address."""
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf8")
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    elsewhere = {"0.0.0.0": HOST, "8000": str(port)}  # noqa: S104
    return [elsewhere.get(word, word) for word in json.loads(command)]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(root=tmp_path, port=free_port_pair())


@contextmanager
def running(plan: Plan, command: list[str], database: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = plan.environment({}) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(database),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with (plan.root / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def web(plan: Plan, cloned_database: str) -> Iterator["subprocess.Popen[bytes]"]:
    with running(plan, image_command(plan.port), cloned_database) as process:
        assert wait_until(lambda: status(plan, "/sante/pret/") == 200, START_SECONDS), last_lines(plan.root / "log")
        yield process


def status(plan: Plan, path: str) -> int | None:
    door = HTTPConnection(HOST, plan.port, timeout=30)
    try:
        door.request("GET", path, headers={"Host": "localhost"})
        return door.getresponse().status
    except OSError:
        return None
    finally:
        door.close()


def ends_by_itself(process: "subprocess.Popen[bytes]") -> bool:
    return wait_until(lambda: process.poll() is not None, END_SECONDS)


def test_a_web_process_finishes_what_it_answers_and_takes_nothing_new(
    plan: Plan, web: "subprocess.Popen[bytes]"
) -> None:
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE catalog_category IN ACCESS EXCLUSIVE MODE")
            answer: Future[int | None] = other.submit(status, plan, "/communaute/")
            wait_for_lock()
            web.terminate()
            assert wait_until(lambda: status(plan, "/sante/") is None, 10), "the door stays open"
            assert not answer.done()
        assert answer.result(30) == 200
    assert ends_by_itself(web)


def test_a_web_process_closes_sockets_with_a_code_after_which_pages_come_back(
    plan: Plan, web: "subprocess.Popen[bytes]"
) -> None:
    origin = Origin(f"http://localhost:{plan.port}")
    with connect(f"ws://localhost:{plan.port}/ws/salle/test/", origin=origin) as socket:
        socket.send("a")
        assert socket.recv(10) == "a"
        web.terminate()
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == RESTART
    assert ends_by_itself(web)


@pytest.mark.parametrize("page", ["room/signaling.js", "behaviours/live-thread.js"])
def test_no_page_takes_that_code_for_the_end(page: str) -> None:
    script = (PROJECT / "static" / "js" / page).read_text(encoding="utf8")
    (codes,) = re.findall(r"FINAL_CODES = \[(.*?)\]", script)
    assert str(RESTART) not in codes


def test_a_worker_finishes_its_job_before_it_ends(plan: Plan, cloned_database: str) -> None:
    karim = people.member("Karim", "Benali")
    tell(karim)
    email = Email.objects.get()
    worker = next(part for part in plan.background() if part.name == "worker")
    with running(plan, worker.command, cloned_database) as process:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE notifications_email IN ACCESS EXCLUSIVE MODE")
            current_app.send_task("notifications.send_email", kwargs={"email_id": email.pk})
            wait_for_lock()
            process.send_signal(signal.SIGTERM)
            assert not wait_until(lambda: process.poll() is not None, 2), "the job was left"
        assert ends_by_itself(process)
    email.refresh_from_db()
    assert email.sent_at is not None
    assert process.returncode == 0
