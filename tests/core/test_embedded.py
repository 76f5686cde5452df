"""PostgreSQL and Valkey in a folder."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from core.embedded.places import PROJECT, child_environment, socket_dir
from core.embedded.processes import command_line, end_stray, last_lines, wait_until
from core.embedded.services import AlreadyRunning, Services, running

OWNER = """
import sys, time
from pathlib import Path
from core.embedded.services import Services
Services(Path(sys.argv[1]), durable=False).start()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def root() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="skilmi-test-"))
    yield folder
    shutil.rmtree(socket_dir(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    made = Services(Path(tempfile.mkdtemp(prefix="skilmi-test-")), durable=False)
    made.start()
    yield made
    made.stop()
    made.forget()


def ask(services: Services, question: str) -> object:
    with psycopg.connect(
        services.postgres.url.replace("postgres://postgres@/", "postgresql://postgres@/")
    ) as connection:
        found = connection.execute(question.encode()).fetchone()
    assert found
    return found[0]


def test_both_services_answer_and_listen_on_no_port(services: Services) -> None:
    assert ask(services, "SELECT current_database()") == "skilmi"
    assert ask(services, "SHOW listen_addresses") == ""
    assert ask(services, "SHOW server_encoding") == "UTF8"
    with redis.Redis(unix_socket_path=str(services.valkey.socket)) as client:
        assert client.ping()
        assert client.config_get("port")["port"] == "0"


def test_the_sockets_are_private_and_their_path_is_short(services: Services) -> None:
    assert services.sockets.stat().st_mode & 0o077 in {0, 0o011}
    assert len(str(services.postgres.sockets / ".s.PGSQL.5432")) < 107


def test_postgresql_does_not_run_as_root(services: Services) -> None:
    # COPY … TO PROGRAM runs a command with the server's identity.
    assert ask(services, "SELECT count(*) FROM pg_stat_activity") != 0
    with psycopg.connect(host=str(services.postgres.sockets), user="postgres", dbname="skilmi") as connection:
        connection.execute("CREATE TEMP TABLE who (uid text)")
        connection.execute("COPY who FROM PROGRAM 'id -u'")
        found = connection.execute("SELECT uid FROM who").fetchone()
    assert found
    assert found[0] != "0"


def test_data_outlives_a_stop(root: Path) -> None:
    services = Services(root)
    services.start()
    with psycopg.connect(host=str(services.postgres.sockets), user="postgres", dbname="skilmi") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    services.stop()
    services.start()
    try:
        assert ask(services, "SELECT answer FROM kept") == 42
        assert ask(services, "SHOW fsync") == "on"
    finally:
        services.stop()
        services.postgres.forget()


def test_a_second_owner_is_refused_and_joins_instead(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AlreadyRunning):
        Services(services.root).start()
    monkeypatch.delenv("DATABASE_URL")
    with running(services.root) as environment:
        assert environment["DATABASE_URL"] == services.postgres.url
    assert ask(services, "SELECT 1") == 1


def test_services_given_in_the_environment_are_used_as_they_are(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere/0")
    with running(root) as environment:
        assert environment == {}
    assert list(root.iterdir()) == []


def test_a_command_alone_starts_the_services_and_stops_them(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with running(root) as environment:
        assert environment["REDIS_URL"].startswith("unix:///")
        with pytest.raises(AlreadyRunning):
            Services(root).start()
    assert not (root / "services.ready").exists()
    assert list(socket_dir(root).iterdir()) == []
    Services(root).postgres.forget()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's death")
def test_services_end_with_a_killed_supervisor_and_start_again(root: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(root)], cwd=PROJECT, env=child_environment(), stdout=subprocess.PIPE
    )
    assert owner.stdout
    assert owner.stdout.readline() == b"up\n"
    services = Services(root, durable=False)
    pid = services.pid("postgres")
    owner.kill()
    owner.wait()
    owner.stdout.close()
    services.start()
    try:
        assert str(services.postgres.data) not in command_line(pid)
        assert ask(services, "SELECT 1") == 1
    finally:
        services.stop()
        services.postgres.forget()


def test_a_stale_pid_file_naming_another_process_does_not_hinder(root: Path) -> None:
    services = Services(root, durable=False)
    services.start()
    services.stop()
    (services.postgres.data / "postmaster.pid").write_text(f"{os.getppid()}\n{services.postgres.data}\n")
    services.start()
    services.stop()
    services.postgres.forget()
    assert command_line(os.getppid())


def test_a_service_that_ends_by_itself_is_noticed(root: Path) -> None:
    services = Services(root, durable=False)
    services.start()
    try:
        assert services.poll() is None
        os.kill(services.pid("valkey"), signal.SIGKILL)
        assert wait_until(lambda: services.poll() == "valkey", 5)
    finally:
        services.stop()
        services.postgres.forget()


def test_a_deaf_stray_is_killed() -> None:
    ignoring = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    stray = subprocess.Popen([sys.executable, "-c", ignoring], stdout=subprocess.PIPE)
    assert stray.stdout
    stray.stdout.readline()
    end_stray(stray.pid, "somebody else", (signal.SIGTERM,), patience=0.1)
    assert stray.poll() is None
    end_stray(stray.pid, "signal.SIG_IGN", (signal.SIGTERM,), patience=0.1)
    assert stray.wait(5) == -signal.SIGKILL
    stray.stdout.close()


def test_the_end_of_a_log_is_short(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("\n".join(map(str, range(100))))
    assert last_lines(log, 2) == "98\n99"
    assert last_lines(tmp_path / "none.log") == "(no log)"
