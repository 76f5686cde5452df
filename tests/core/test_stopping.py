"""Parts that are told to stop, by SIGTERM as containers are: what they hold is finished, and nothing is lost.

What follows a kill without a word is in tests/billing/test_payout_kills.py and tests/browser/test_faults.py.
"""

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection, transaction
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from core.embedded.places import PROJECT
from core.embedded.processes import last_lines, wait_until
from notifications.models import Email
from tests import people
from tests.containers import Machine, new_machine
from tests.databases import cloned_database, wait_for_lock
from tests.notifications.test_notify import tell

__all__ = ["cloned_database"]

AS_TESTED = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
START_SECONDS = END_SECONDS = 60
# uvicorn says « service restart »; none of the codes after which a page stays away.
RESTART = 1012


@pytest.fixture
def machine(tmp_path: Path, cloned_database: str) -> Machine:
    return new_machine(tmp_path, cloned_database)


# The test's own settings where a page or a letter is made: no file is collected, no mail server asked.
@pytest.fixture
def web(machine: Machine) -> Iterator["subprocess.Popen[bytes]"]:
    with machine.running("web", **AS_TESTED) as process:
        assert wait_until(lambda: machine.get("/sante/pret/")[0] == 200, START_SECONDS), last_lines(machine.log("web"))
        yield process


def ends_by_itself(process: "subprocess.Popen[bytes]") -> bool:
    return wait_until(lambda: process.poll() is not None, END_SECONDS)


def test_a_web_process_finishes_what_it_answers_and_takes_nothing_new(
    machine: Machine, web: "subprocess.Popen[bytes]"
) -> None:
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE catalog_category IN ACCESS EXCLUSIVE MODE")
            answer = other.submit(machine.get, "/communaute/", "localhost")
            wait_for_lock()
            web.terminate()
            assert wait_until(lambda: machine.get("/sante/")[0] == 0, 10), "the door stays open"
            assert not answer.done()
        assert answer.result(30)[0] == 200
    assert ends_by_itself(web)


def test_a_web_process_closes_sockets_with_a_code_after_which_pages_come_back(
    machine: Machine, web: "subprocess.Popen[bytes]"
) -> None:
    origin = Origin(f"http://localhost:{machine.port}")
    with connect(f"ws://localhost:{machine.port}/ws/salle/test/", origin=origin) as socket:
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


@pytest.fixture
def email(machine: Machine) -> Email:
    tell(people.member("Karim", "Benali"))
    return Email.objects.get()


@contextmanager
def in_the_middle_of(email: Email) -> Iterator[None]:
    """A worker has begun to send it and cannot go on before the end of this."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE notifications_email IN ACCESS EXCLUSIVE MODE")
        current_app.send_task("notifications.send_email", kwargs={"email_id": email.pk})
        wait_for_lock()
        yield


def test_a_worker_finishes_its_job_before_it_ends(machine: Machine, email: Email) -> None:
    with machine.running("worker", **AS_TESTED) as worker:
        with in_the_middle_of(email):
            worker.terminate()
            assert not wait_until(lambda: worker.poll() is not None, 2), "the job was left"
        assert ends_by_itself(worker)
    email.refresh_from_db()
    assert email.sent_at is not None
    assert worker.returncode == 0


def test_what_a_killed_worker_left_is_done_by_the_next_sweep(machine: Machine, email: Email) -> None:
    with machine.running("worker", **AS_TESTED) as worker, in_the_middle_of(email):
        worker.kill()
        worker.wait()
    with machine.running("worker", **AS_TESTED):
        current_app.send_task("notifications.send_due_emails")
        assert wait_until(lambda: Email.objects.filter(sent_at__isnull=False).exists(), START_SECONDS)
    assert Email.objects.get().attempts == 1
