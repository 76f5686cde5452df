"""What probes ask: whether a process answers, whether it can serve, whether a part without a door is alive."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from core.embedded.processes import end_child, last_lines, wait_until
from core.health import readiness, signs
from core.health.__main__ import has_signed
from tests.containers import new_machine
from tests.databases import cloned_database

__all__ = ["cloned_database"]

ALIVE, READY = "/sante/", "/sante/pret/"
NOWHERE = "unix:///nowhere/valkey.sock"
START_SECONDS = 40


@pytest.fixture(autouse=True)
def _looks_again() -> Iterator[None]:
    readiness.forget()
    yield
    readiness.forget()


@contextmanager
def elsewhere(**where: str) -> Iterator[None]:
    """A database that is not there."""
    kept = {name: connection.settings_dict[name] for name in where}
    connection.settings_dict |= where
    try:
        yield
    finally:
        connection.settings_dict |= kept


@contextmanager
def mute_server() -> Iterator[int]:
    """It takes connections and says nothing, as a machine without memory does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def real_server(settings: Settings) -> Settings:
    settings.ALLOWED_HOSTS = ["skilmi.example"]
    settings.SECURE_SSL_REDIRECT = True
    return settings


def test_a_process_says_that_it_is_alive_without_asking_anybody(client: Client, settings: Settings) -> None:
    """The database is out of bounds for this test, and Valkey is away."""
    settings.REDIS_URL = NOWHERE
    said = client.get(ALIVE)
    assert (said.status_code, said.content, said["Content-Type"]) == (200, b"ok", "text/plain")
    assert "no-cache" in said["Cache-Control"]
    assert client.post(ALIVE).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("door", [ALIVE, READY])
def test_a_probe_needs_neither_the_name_of_the_site_nor_tls(real_server: Settings, client: Client, door: str) -> None:
    said = client.get(door, headers={"host": "10.0.0.7:8000"})
    assert (said.status_code, said.content) == (200, b"ok")
    assert client.get("/aide/", headers={"host": "skilmi.example"}).status_code == 301


@pytest.mark.django_db
def test_a_server_without_its_database_is_not_ready_but_alive(client: Client) -> None:
    with elsewhere(NAME="no_such_database"):
        said = client.get(READY)
    assert (said.status_code, said.content) == (503, b"not ready: database, migrations")
    assert said["Content-Type"] == "text/plain"
    assert client.get(ALIVE).status_code == 200


@pytest.mark.django_db
def test_a_server_whose_valkey_is_away_is_not_ready(settings: Settings, client: Client) -> None:
    settings.REDIS_URL = NOWHERE
    said = client.get(READY)
    assert (said.status_code, said.content) == (503, b"not ready: valkey")


@pytest.mark.django_db
def test_what_is_frozen_is_found_out_within_seconds(settings: Settings, client: Client) -> None:
    with mute_server() as port, elsewhere(HOST="127.0.0.1", PORT=str(port)):
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        started = time.monotonic()
        said = client.get(READY)
    assert said.content == b"not ready: database, migrations, valkey"
    assert time.monotonic() - started < 3 * readiness.PATIENCE_SECONDS + 1


def change_migrations(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_server_newer_than_its_tables_is_not_ready(
    cloned_database: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    change_migrations("DELETE FROM django_migrations WHERE app = 'reviews' AND name = '0003_moderation'")
    assert client.get(READY).content == b"not ready: migrations"
    assert "0003_moderation" in caplog.text


def test_a_server_older_than_its_tables_goes_on(cloned_database: str, client: Client) -> None:
    """It serves while the next one has already changed them."""
    change_migrations("INSERT INTO django_migrations (app, name, applied) VALUES ('billing', '0999_tomorrow', now())")
    assert client.get(READY).status_code == 200


@pytest.mark.django_db
def test_however_many_ask_within_a_second_one_looks(settings: Settings, client: Client) -> None:
    assert client.get(READY).status_code == 200
    settings.REDIS_URL = NOWHERE
    assert client.get(READY).status_code == 200
    assert wait_until(lambda: client.get(READY).status_code == 503, 3)


# --- parts without a door ---


def test_a_part_leaves_its_sign_in_a_file_and_in_valkey(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    signs.forget()
    assert not has_signed("beat", tmp_path)
    signs.sign("beat")
    assert has_signed("beat", tmp_path)
    assert not has_signed("worker", tmp_path)
    assert signs.seconds_since()["beat"] in {0, 1}


def test_a_part_signs_although_valkey_is_away(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR, settings.REDIS_URL = tmp_path, NOWHERE
    signs.forget()
    signs.sign("sweeper")
    assert has_signed("sweeper", tmp_path)


def test_a_part_that_has_been_silent_is_not_well(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    signs.forget()
    signs.sign("worker")
    long_ago = time.time() - signs.SILENCE_SECONDS - 1
    os.utime(signs.file_of("worker", tmp_path), (long_ago, long_ago))
    assert not has_signed("worker", tmp_path)


@pytest.mark.parametrize("part", signs.PARTS)
def test_the_container_of_each_part_knows_whether_it_lives(cloned_database: str, tmp_path: Path, part: str) -> None:
    machine = new_machine(tmp_path, cloned_database)
    assert not machine.is_well(part)
    with machine.running(part) as process:
        assert wait_until(lambda: has_signed(part, tmp_path), START_SECONDS), last_lines(machine.log(part))
        assert machine.is_well(part)
        end_child(process, signal.SIGTERM)
        assert process.returncode == 0


def test_the_container_of_the_web_process_serves_pages_and_knows_whether_it_lives(
    cloned_database: str, tmp_path: Path
) -> None:
    """With the settings, the command and the collected files of a real server."""
    machine = new_machine(tmp_path, cloned_database)
    machine.manage("collectstatic", "--no-input", "--verbosity", "0")
    assert not machine.is_well("web")
    with machine.running("web") as process:
        assert wait_until(lambda: machine.is_well("web"), START_SECONDS), last_lines(machine.log("web"))
        assert machine.get(READY, host="10.0.0.7", scheme="http") == (200, "ok")
        assert machine.get("/aide/", host="10.0.0.7")[0] == 400
        assert machine.get("/aide/", scheme="http")[0] == 301
        status, page = machine.get("/aide/")
        assert status == 200
        style = re.search(r'href="(/static/css/[\w./]+\.[0-9a-f]{12}\.css)"', page)
        assert style
        assert machine.get(style[1])[0] == 200
        end_child(process, signal.SIGTERM)
