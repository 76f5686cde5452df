"""What the team reads of a member on one page: each app registers its facts in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import User

Words = str | Promise


@dataclass(frozen=True)
class Fact:
    label: Words
    value: Words
    url: str = ""


@dataclass(frozen=True)
class Source:
    # Who reads these facts: `app.codename`.
    permission: str
    facts: Callable[[User], list[Fact]]


_sources: dict[str, Source] = {}


def register(name: str, permission: str, facts: Callable[[User], list[Fact]]) -> None:
    _sources[name] = Source(permission, facts)


def registered() -> dict[str, Source]:
    return dict(_sources)


def facts_about(member: User, reader: User) -> list[Fact]:
    """In the order of registration: from the lowest app up."""
    allowed = [source for source in _sources.values() if reader.has_perm(source.permission)]
    return [fact for source in allowed for fact in source.facts(member)]
