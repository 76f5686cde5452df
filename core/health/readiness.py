"""Whether this process can serve: it reaches its database, whose tables are those of its code, and Valkey.

None of the checks takes a connection of the pool, and each gives up soon: a server that is full answers all the same.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from core.health import signs

log = logging.getLogger(__name__)
PATIENCE_SECONDS: Final = 2
# However many ask: one look within that time.
KEPT_SECONDS: Final = 1


class NotReadyError(Exception):
    """Something answers, and is not what it must be."""


def database() -> None:
    _ask("SELECT 1")


def migrations() -> None:
    """Tables may be newer than the code, as during an upgrade, never older. Once they are right they remain so."""
    if not _seen.is_migrated:
        missing = _names_on_disk() - set(_ask("SELECT app, name FROM django_migrations"))
        if missing:
            raise NotReadyError(f"not applied: {sorted(missing)}")
        _seen.is_migrated = True


def valkey() -> None:
    with signs.valkey(PATIENCE_SECONDS) as server:
        server.ping()


CHECKS: Final[Mapping[str, Callable[[], None]]] = {
    "database": database,
    "migrations": migrations,
    "valkey": valkey,
}


@dataclass
class _Seen:
    at: float = float("-inf")
    failing: tuple[str, ...] = ()
    is_migrated: bool = False
    turn: Lock = field(default_factory=Lock)


_seen = _Seen()


def failing() -> tuple[str, ...]:
    """The names of the checks that fail now; why is in the journal, not in the answer."""
    with _seen.turn:
        if time.monotonic() - _seen.at > KEPT_SECONDS:
            _seen.failing = tuple(name for name, check in CHECKS.items() if not _passes(name, check))
            _seen.at = time.monotonic()
        return _seen.failing


def forget() -> None:
    """Look again at the next question."""
    _seen.at = float("-inf")
    _seen.is_migrated = False


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:  # noqa: BLE001  (whatever it is, it does not work)
        log.warning("not ready, %s: %s", name, error)
        return False
    return True


def _ask(question: str) -> list[tuple[Any, ...]]:
    given = connection.get_connection_params() | {
        "connect_timeout": PATIENCE_SECONDS,
        "options": f"-c statement_timeout={PATIENCE_SECONDS * 1000}",
    }
    with psycopg.connect(**given, autocommit=True) as asked:
        return asked.execute(question.encode()).fetchall()


@cache
def _names_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)
