"""How many statements PostgreSQL was sent, by whatever process: its own journal tells."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from core.embedded.services import Services

# « execute » names what was prepared before. Left out: what opens and closes transactions, and what is set.
LEFT_OUT = "BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SET |ALTER SYSTEM"
SAID = re.compile(rf"LOG:  (?:statement|execute [^:]*): (?!{LEFT_OUT})\S")


@contextmanager
def counting(services: Services) -> Iterator[list[int]]:
    """The list holds the number afterwards. Telling each statement costs time: never while something is measured."""
    counted: list[int] = []
    log = services.postgres.log
    _tell("all")
    start = log.stat().st_size
    try:
        yield counted
    finally:
        said = log.read_bytes()[start:].decode(errors="replace")
        _tell("none")
    counted.append(len(SAID.findall(said)))


def _tell(which: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
        cursor.execute("SELECT pg_reload_conf()")
        # What this process asks is no part of it.
        cursor.execute("SET log_statement = 'none'")
