"""Databases for tests that really commit: races, several processes, browsers.

Django empties tables with TRUNCATE after such tests, which the ledger refuses and which would erase rows made by
migrations. A clone of the test database is used instead, and dropped.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql
from pytest_django import DjangoDbBlocker

T = TypeVar("T")

# Somebody may be a process that has yet to start, on a machine that does much else.
PATIENCE_SECONDS = 60


@pytest.fixture
def cloned_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The name of a fresh copy of the test database, which every connection of this test uses; commits are real.

    For tests without the `django_db` mark. Threads close their own connections (`in_threads` does).
    """
    with fresh_clone(request, django_db_blocker) as name:
        yield name


@contextmanager
def fresh_clone(request: pytest.FixtureRequest, blocker: DjangoDbBlocker) -> Iterator[str]:
    """What `cloned_database` does, for fixtures that live longer than one test."""
    with blocker.unblock():
        template = _test_database(request, blocker)
        connections.close_all()
        name = f"clone_{os.getpid()}_{uuid4().hex[:8]}"
        with _cloned(template, name):
            connection.settings_dict["NAME"] = name
            try:
                yield name
            finally:
                connections.close_all()
                connection.settings_dict["NAME"] = template


def _test_database(request: pytest.FixtureRequest, blocker: DjangoDbBlocker) -> str:
    """pytest-django makes one only for tests that bear its mark: without any in this run, it is made here."""
    if not connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX):
        made = setup_databases(verbosity=0, interactive=False)
        request.session.addfinalizer(partial(_drop_test_database, blocker, made))
    return str(connection.settings_dict["NAME"])


def _drop_test_database(blocker: DjangoDbBlocker, made: list[tuple[Any, str, bool]]) -> None:
    with blocker.unblock():
        teardown_databases(made, verbosity=0)


@contextmanager
def _cloned(template: str, name: str) -> Iterator[None]:
    on_server(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield
    finally:
        on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def on_server(statement: sql.Composed) -> None:
    target: dict[str, Any] = {
        "host": connection.settings_dict["HOST"] or None,
        "port": connection.settings_dict["PORT"] or None,
        "user": connection.settings_dict["USER"] or None,
        "password": connection.settings_dict["PASSWORD"] or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **target) as server:
        server.execute(statement)


def in_threads(*actions: Callable[[], T]) -> list[T | Exception]:
    """Run each action in its own thread and connection, all let go at once; what each returned or raised, in order."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], T]) -> T | Exception:
        try:
            barrier.wait(timeout=30)
            return action()
        except Exception as error:  # noqa: BLE001  (the test looks at what was raised)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def wait_for_lock() -> None:
    """Until somebody waits for what this transaction holds. Not read from `pg_stat_activity`: a transaction sees there
    whoever was connected when it looked first.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    pytest.fail("nobody waits")
