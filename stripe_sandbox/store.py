"""The sandbox's memory: objects and answers kept by idempotency key, written to a journal file as they change."""

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from stripe_sandbox.errors import not_found

Row = dict[str, Any]


def public(row: Row) -> Row:
    """What others may see of an object."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


@dataclass(frozen=True)
class Reply:
    status: int
    body: Row


@dataclass(frozen=True)
class Remembered:
    """The first answer given for an idempotency key, and what was asked."""

    request: str
    reply: Reply


class Store:
    """Every method is called under `lock`: Stripe too carries out one request on an object at a time."""

    def __init__(self, *, clock: Callable[[], float], journal: Path | None = None) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self._rows: dict[str, Row] = {}
        self._answers: dict[str, Remembered] = {}
        # What happened since the last look: taken by the sandbox once the work is done.
        self.news: list[Row] = []
        self._journal: TextIO | None = None
        if journal is not None:
            self._open(journal)

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with path.open(encoding="utf8") as lines:
                for line in lines:
                    # A last line cut by a crash was never answered: it did not happen.
                    if line.endswith("\n"):
                        self._replay(json.loads(line))
        self._journal = path.open("a", encoding="utf8")

    def _replay(self, entry: Row) -> None:
        if row := entry.get("row"):
            self._rows[row["id"]] = row
        else:
            reply = Reply(entry["status"], entry["body"])
            self._answers[entry["key"]] = Remembered(entry["request"], reply)

    def _write(self, entry: Row) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps(entry) + "\n")
            self._journal.flush()

    def now(self) -> int:
        return int(self.clock())

    def add(self, prefix: str, kind: str, **fields: Any) -> Row:
        """A new object with a random name. Fields that begin with `_` never leave the sandbox."""
        row: Row = {
            "id": f"{prefix}_{secrets.token_hex(12)}",
            "object": kind,
            "created": self.now(),
            "livemode": False,
            "metadata": {},
        } | fields
        self.save(row)
        return row

    def save(self, row: Row) -> None:
        self._rows[row["id"]] = row
        self._write({"row": row})

    def find(self, identifier: str) -> Row | None:
        return self._rows.get(identifier)

    def get(self, kind: str, identifier: str) -> Row:
        row = self._rows.get(identifier)
        if row is None or row["object"] != kind:
            raise not_found(kind, identifier)
        return row

    def all(self, kind: str, **equal: Any) -> list[Row]:
        """Objects of a kind with these field values, newest first."""
        found = [row for row in self._rows.values() if row["object"] == kind]
        return [row for row in reversed(found) if all(row.get(name) == value for name, value in equal.items())]

    def take_news(self) -> list[Row]:
        news, self.news = self.news, []
        return news

    def answer_for(self, key: str) -> Remembered | None:
        return self._answers.get(key)

    def remember(self, key: str, request: str, reply: Reply) -> None:
        self._answers[key] = Remembered(request, reply)
        self._write({"key": key, "request": request, "status": reply.status, "body": reply.body})

    def forget_answers(self) -> None:
        """Stripe keeps keys for a day."""
        self._answers.clear()

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
