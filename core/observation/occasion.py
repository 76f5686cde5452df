"""On what occasion a line of the journal is written: which request, job or socket, of whom, about which booking.

Numbers and references only: no name, no address, nothing that somebody typed.
"""

from secrets import token_hex

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

Fact = int | str | None


def new_request_id() -> str:
    """Read by machines and support only: made at once, where a reference is drawn letter by letter."""
    return token_hex(8)


def begin(**facts: Fact) -> None:
    """A new occasion: nothing of the one before stays."""
    clear_contextvars()
    note(**facts)


def note(**facts: Fact) -> None:
    """What is known from here on. Called where it is found out, once: at the doors that load a booking or a room."""
    bind_contextvars(**{name: fact for name, fact in facts.items() if fact not in {None, ""}})


def end() -> None:
    clear_contextvars()


def request_id() -> str:
    """Of the request, or of the request that sent this job; empty outside of both."""
    return str(get_contextvars().get("request_id", ""))


def named_request() -> str:
    """The same, for whoever must tell a person a name of what happened."""
    return request_id() or new_request_id()
