"""How the apps above put something of theirs into a conversation: cards, a summary at the side, filters of the list.

Filled in each app's `ready()`; messaging never learns what a booking is.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import ngettext

from accounts.models import User
from messaging.models import Message, Thread, ThreadQuerySet

Drawn = tuple[str, Mapping[str, Any]]
Renderer = Callable[[Message, User], Drawn | None]
AsideRenderer = Callable[[Thread, User], Drawn | None]
Summary = Callable[[Message, User], str]
# What many cards are about, in one query, by reference: found again as `message.about`.
Loader = Callable[[Sequence[Message]], Mapping[str, object]]


@dataclass(frozen=True)
class ThreadFilter:
    """A tab above the list of conversations."""

    slug: str
    label: str | Promise
    narrow: Callable[[ThreadQuerySet, User], ThreadQuerySet]


@dataclass(frozen=True)
class Card:
    render: Renderer
    # One line for the list of conversations.
    summary: Summary
    load: Loader


_cards: dict[str, Card] = {}
_asides: list[AsideRenderer] = []
_filters: dict[str, ThreadFilter] = {}


def register(kind: str, renderer: Renderer, summary: Summary | None = None, load: Loader | None = None) -> None:
    _cards[kind] = Card(renderer, summary or _body, load or _nothing)


def _body(message: Message, _viewer: User) -> str:
    return message.body


def _nothing(_messages: Sequence[Message]) -> Mapping[str, object]:
    return {}


def load(messages: Sequence[Message]) -> None:
    """Fetch what the cards among these messages are about, one query per kind."""
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.card in _cards:
            by_kind[message.card].append(message)
    for kind, cards in by_kind.items():
        found = _cards[kind].load(cards)
        for message in cards:
            message.about = found.get(message.reference)


def register_aside(renderer: AsideRenderer) -> None:
    if renderer not in _asides:
        _asides.append(renderer)


def register_filter(thread_filter: ThreadFilter) -> None:
    _filters[thread_filter.slug] = thread_filter


def registered() -> dict[str, Card]:
    return dict(_cards)


def filters() -> dict[str, ThreadFilter]:
    return dict(_filters)


def draw(message: Message, viewer: User) -> Drawn | None:
    """Template and context of a card, or None if its app no longer shows it."""
    card = _cards.get(message.card)
    return card.render(message, viewer) if card else None


def summarize(message: Message, viewer: User) -> str:
    card = _cards.get(message.card)
    return card.summary(message, viewer) if card else words_of(message)


def words_of(message: Message) -> str:
    """What a message says in one line; files without words are told by their number."""
    if message.body or not message.file_count:
        return message.body
    return ngettext("Un fichier", "%(count)s fichiers", message.file_count) % {"count": message.file_count}


def draw_asides(thread: Thread, viewer: User) -> list[Drawn]:
    return [drawn for render in _asides if (drawn := render(thread, viewer))]
