"""What each app knows of its members: what it hands out, what stops a closing, what it erases, what it must keep.

Each app registers one `Source` in `ready()`; `accounts` runs them all, and knows none of them. Members are named by
their key. The whole map is printed in docs/privacy.md, and a test finds every model that nobody registered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

Words = str | Promise
Json = str | int | bool | None | list["Json"] | dict[str, "Json"]
Row = Mapping[str, Json]

# Instead of what a member had written who is no longer there: stored, so that every page shows it.
ERASED_WORDS = "Message supprimé"


class Fate(StrEnum):
    """What becomes of rows when a member is erased."""

    # The row, or all that was personal in it.
    ERASED = "erased"
    # The row stays with whoever else it belongs to; the member in it is « Membre supprimé ».
    PSEUDONYM = "pseudonym"
    # The law asks for it, as it is.
    KEPT = "kept"


@dataclass(frozen=True)
class Held:
    """One model. `members` are its columns that name a member; none when it is reached through another model."""

    model: str
    what: Words
    fate: Fate
    members: tuple[str, ...] = ()
    # Needed unless it is erased: on what ground it stays, and for how long.
    why: Words = ""


@dataclass(frozen=True)
class Obstacle:
    """Why an account cannot be closed right now, and where the member settles it."""

    text: Words
    url: str = ""
    label: Words = ""


@dataclass(frozen=True)
class Section:
    """One list of an export, read as it is written."""

    title: Words
    rows: Iterable[Row]


@dataclass(frozen=True)
class ExportedFile:
    name: str
    chunks: Callable[[], Iterator[bytes]]


def no_sections(member_id: int) -> Iterator[Section]:
    del member_id
    return iter(())


def no_files(member_id: int) -> Iterator[ExportedFile]:
    del member_id
    return iter(())


def nothing_stops(member_id: int, now: datetime) -> Iterator[Obstacle]:
    del member_id, now
    return iter(())


def no_consequence(member_id: int, now: datetime) -> Iterator[Words]:
    del member_id, now
    return iter(())


def nothing_to_erase(member_id: int) -> None:
    del member_id


@dataclass(frozen=True)
class Source:
    """What one app answers for. `erase` runs outside any transaction, in pieces, and may be run again at any point."""

    app: str
    title: Words
    held: tuple[Held, ...]
    sections: Callable[[int], Iterator[Section]] = no_sections
    files: Callable[[int], Iterator[ExportedFile]] = no_files
    obstacles: Callable[[int, datetime], Iterator[Obstacle]] = nothing_stops
    # What closing does at once, in sentences with dates and euros.
    consequences: Callable[[int, datetime], Iterator[Words]] = no_consequence
    erase: Callable[[int], None] = nothing_to_erase


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.app] = source


def registered() -> tuple[Source, ...]:
    """The lowest app first."""
    return tuple(_sources.values())


def upper_first() -> tuple[Source, ...]:
    """The order of erasing: who stands above still finds the names of what is below."""
    return tuple(reversed(registered()))


def obstacles_of(member_id: int, now: datetime) -> list[Obstacle]:
    return [each for source in registered() for each in source.obstacles(member_id, now)]


def consequences_of(member_id: int, now: datetime) -> list[Words]:
    return [each for source in upper_first() for each in source.consequences(member_id, now)]


def kept() -> list[Held]:
    """What stays after an erasure, with its ground."""
    return [row for source in registered() for row in source.held if row.fate != Fate.ERASED]


def kept_by_ground() -> dict[str, list[str]]:
    """The same for a reader: each ground once, with all that stays on it."""
    grounds: dict[str, list[str]] = {}
    for row in kept():
        grounds.setdefault(str(row.why), []).append(str(row.what))
    return grounds
