"""The command that runs the demo, with small programs in place of the real parts."""

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis

from core.embedded.parts import Part, Plan
from core.embedded.places import PROJECT, ServiceError
from core.embedded.processes import wait_until
from core.embedded.services import Services
from core.embedded.supervisor import Supervisor, check_port, first_page_status

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAIL = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
ACCOUNTS = [sys.executable, "-c", "print('claire@demo.example')"]
WEB = """
import http.server, sys
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")
"""


@dataclass(frozen=True)
class SmallPlan(Plan):
    prepare: list[str] = field(default_factory=lambda: ACCOUNTS)
    behind: list[str] = field(default_factory=lambda: SLEEP)

    def sandbox(self) -> Part:
        return Part("sandbox", SLEEP)

    def preparation(self) -> Part:
        return Part("prepare", self.prepare)

    def web(self) -> Part:
        return Part("web", [sys.executable, "-c", WEB, str(self.port)])

    def background(self) -> list[Part]:
        return [Part("worker", self.behind)]


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    """A free port whose neighbor is free too."""
    for first in range(20000 + os.getpid() % 5000, 60000, 2):
        try:
            check_port(first)
            check_port(first + 1)
        except ServiceError:
            continue
        return first
    raise AssertionError("no free port")


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def ctrl_c_when(ready: Callable[[], bool]) -> Iterator[None]:
    """Press Ctrl-C from another thread once `ready`, or after a minute: what was not reached then fails the test."""
    over = threading.Event()

    def press() -> None:
        try:
            wait_until(lambda: over.is_set() or ready(), 60)
        finally:
            if not over.is_set():
                os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_it_starts_everything_says_where_and_ends_on_ctrl_c(tmp_path: Path, port: int) -> None:
    said = io.StringIO()
    with ctrl_c_when(lambda: "Ctrl-C" in said.getvalue()):
        assert Supervisor(SmallPlan(tmp_path, port), None, out=said).run() == 0
    assert f"http://localhost:{port}/" in said.getvalue()
    assert "claire@demo.example" in said.getvalue()
    assert said.getvalue().rstrip().endswith("Everything has stopped.")
    assert first_page_status(port) is None


def test_a_part_that_ends_stops_everything_and_shows_its_last_words(tmp_path: Path, port: int) -> None:
    said = io.StringIO()
    assert Supervisor(SmallPlan(tmp_path, port, behind=FAIL), None, out=said).run() == 1
    assert "worker ended by itself (3)" in said.getvalue()
    assert "the reason" in said.getvalue()
    assert first_page_status(port) is None


def test_with_restart_a_part_that_ends_starts_again(tmp_path: Path, port: int) -> None:
    said = io.StringIO()
    with ctrl_c_when(lambda: said.getvalue().count("it starts again") > 1):
        assert Supervisor(SmallPlan(tmp_path, port, behind=FAIL), None, restart=True, out=said).run() == 0


@pytest.mark.parametrize("name", ["sandbox", "web", "worker"])
def test_with_restart_a_part_that_is_killed_comes_back(tmp_path: Path, port: int, name: str) -> None:
    plan, said = SmallPlan(tmp_path, port), io.StringIO()
    killed: list[int] = []

    def dies_and_comes_back() -> bool:
        if "Ctrl-C" in said.getvalue() and not killed:
            killed.append(int(plan.pid_file(name).read_text()))
            os.kill(killed[0], signal.SIGKILL)
        return bool(killed) and int(plan.pid_file(name).read_text()) != killed[0]

    with ctrl_c_when(dies_and_comes_back):
        assert Supervisor(plan, None, restart=True, out=said).run() == 0
    assert f"{name} ended (-9); it starts again." in said.getvalue()


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_with_restart_a_service_that_is_killed_comes_back_with_its_data(port: int, name: str) -> None:
    root = Path(tempfile.mkdtemp(prefix="skilmi-test-"))
    services, said = Services(root), io.StringIO()
    killed: list[int] = []

    def dies_and_comes_back() -> bool:
        if "Ctrl-C" in said.getvalue() and not killed:
            write_in_both(services)
            killed.append(services.pid(name))
            os.kill(killed[0], signal.SIGKILL)
        return bool(killed) and killed[0] != pid_or_none(services, name) and answers_kept(services)

    try:
        with ctrl_c_when(dies_and_comes_back):
            assert Supervisor(SmallPlan(root, port), services, restart=True, out=said).run() == 0
    finally:
        services.forget()
    assert f"{name} ended; it starts again." in said.getvalue()


def write_in_both(services: Services) -> None:
    with psycopg.connect(host=str(services.postgres.sockets), user="postgres", dbname="skilmi") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with redis.Redis(unix_socket_path=str(services.valkey.socket)) as client:
        client.set("kept", "42")
        client.save()


def answers_kept(services: Services) -> bool:
    try:
        with psycopg.connect(host=str(services.postgres.sockets), user="postgres", dbname="skilmi") as connection:
            found = connection.execute("SELECT answer FROM kept").fetchone()
        with redis.Redis(unix_socket_path=str(services.valkey.socket)) as client:
            return found == (42,) and client.get("kept") == b"42"
    except (psycopg.OperationalError, redis.RedisError):
        return False


def pid_or_none(services: Services, name: str) -> int | None:
    try:
        return services.pid(name)
    except (OSError, IndexError):
        return None


def test_a_failed_preparation_stops_before_the_web_starts(tmp_path: Path, port: int) -> None:
    said = io.StringIO()
    assert Supervisor(SmallPlan(tmp_path, port, prepare=FAIL), None, out=said).run() == 1
    assert "prepare ended by itself" in said.getvalue()
    assert not (tmp_path / "logs" / "web.log").exists()


def test_ctrl_c_during_the_preparation_ends_it(tmp_path: Path, port: int) -> None:
    started = time.monotonic()
    with ctrl_c_when((tmp_path / "logs" / "prepare.out").exists):
        assert Supervisor(SmallPlan(tmp_path, port, prepare=SLEEP), None, out=io.StringIO()).run() == 0
    assert time.monotonic() - started < 20


def test_a_taken_port_is_said_in_words(tmp_path: Path, port: int) -> None:
    said = io.StringIO()
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        assert Supervisor(SmallPlan(tmp_path, port), None, out=said).run() == 1
    assert f"Port {port + 1} is taken" in said.getvalue()


def test_the_real_plan_keeps_everything_in_its_data_folder(tmp_path: Path) -> None:
    plan = Plan(tmp_path, 9000)
    environment = plan.environment({"DATABASE_URL": "postgres://x"})
    assert environment["DATABASE_URL"] == "postgres://x"
    assert environment["BASE_URL"] == "http://localhost:9000"
    assert environment["STRIPE_SANDBOX_URL"] == "http://localhost:9001"
    assert environment["DATA_DIR"] == str(tmp_path)
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    names = [plan.sandbox().name, plan.preparation().name, plan.web().name, *(part.name for part in plan.background())]
    assert names == ["stripe-sandbox", "prepare", "web", "worker", "beat", "room-sweeper"]


def test_the_command_line_refuses_nonsense() -> None:
    wrong = subprocess.run(
        [sys.executable, "-m", "core.embedded", "dance"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "invalid choice" in wrong.stderr


def test_nothing_answers_on_a_free_port(port: int) -> None:
    assert first_page_status(port) is None
