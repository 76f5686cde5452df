"""What waits for the team: each app registers its queues, and what must be watched, in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Queue:
    """Rows that wait for a decision of the team."""

    name: str
    label: Words
    # Who reads it: `app.codename`.
    permission: str
    # What waits, oldest first.
    rows: Callable[[], QuerySet[Any]]
    # The column, or annotation, that says since when a row waits.
    since: str
    # `admin:<app>_<model>`: the list, and the page of one row.
    page: str
    # The value (core.values) that says in how many hours the team means to answer; or the column that says by when.
    target: str = ""
    due: str = ""


@dataclass(frozen=True)
class Watched:
    """Something that should count nothing: not a queue, but the team wants to know."""

    name: str
    label: Words
    permission: str
    count: Callable[[], int]
    # The name of the page that shows it, and the query that filters it.
    page: str
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.page) + self.query


_queues: dict[str, Queue] = {}
_watched: dict[str, Watched] = {}


def register(queue: Queue) -> None:
    _queues[queue.name] = queue


def watch(watched: Watched) -> None:
    _watched[watched.name] = watched


def registered() -> dict[str, Queue]:
    return dict(_queues)


def all_watched() -> dict[str, Watched]:
    return dict(_watched)
