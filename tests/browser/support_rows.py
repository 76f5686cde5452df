"""Requests of the demo world to the team."""

from collections.abc import Callable

from support.keys import key_of
from support.models import Ticket
from support.states import QUEUED

Finder = Callable[[], tuple[object, ...]]


def ticket(of: str) -> Finder:
    return lambda: (Ticket.objects.filter(author__email=of).earliest("pk").reference,)


def visitor_key() -> tuple[object, ...]:
    return (key_of(Ticket.objects.filter(author=None).earliest("pk").reference),)


def waiting() -> tuple[object, ...]:
    return (Ticket.objects.filter(status__in=QUEUED).earliest("pk").pk,)


def treated(verb: str) -> tuple[object, ...]:
    return (*waiting(), verb)
