"""What a line of the journal looks like, and what is in none of them.

Not written: what opens a door to whoever holds it (keys, secrets that stand in addresses), and what tells of a person
(addresses of e-mail, the page that was asked for by its full address, rows that PostgreSQL prints beside a refusal).
"""

import logging
import re
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from functools import cache
from json import JSONEncoder
from typing import Any, Final

from django.conf import settings
from structlog.contextvars import merge_contextvars
from structlog.stdlib import ExtraAdder, ProcessorFormatter

HIDDEN: Final = "…"
# A calendar's address, the link that ends e-mails, the confirmation of an address, a new password.
_SECRETS: Final = re.compile(
    r"(/agenda/[0-9a-z]+/|/notifications/arret/|/confirmer/|/mot-de-passe/nouveau/)(?!termine/)[^\s/?\"']+"
)
_MAILBOX: Final = re.compile(r"[^\s@<>\"'(),:;=/]+@[\w.-]+")
# « DETAIL:  Failing row contains (12, Claire, Roux, …). »
_DETAIL: Final = re.compile(r"\b(DETAIL|CONTEXT):.*")
_KEYS: Final = (
    "SECRET_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_SECRET_V2",
    "TURN_SECRET",
    "S3_SECRET_ACCESS_KEY",
    "EMAIL_HOST_PASSWORD",
    "METRICS_TOKEN",
    "SENTRY_DSN",
)
# Shorter ones are words.
_SHORTEST_KEY: Final = 8


@cache
def _keys() -> re.Pattern[str] | None:
    """Our own keys, wherever they appear; read once, as settings are."""
    values = [getattr(settings, name, "") for name in _KEYS] + [settings.DATABASES["default"].get("PASSWORD", "")]
    values += settings.SECRET_KEY_FALLBACKS
    # The longest first: one key may begin like another.
    found = sorted((value for value in values if value and len(value) >= _SHORTEST_KEY), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, found))) if found else None


def without_secrets(text: str) -> str:
    keys = _keys()
    hidden = keys.sub(HIDDEN, text) if keys else text
    hidden = _SECRETS.sub(rf"\1{HIDDEN}", hidden)
    hidden = _MAILBOX.sub(HIDDEN, hidden) if "@" in hidden else hidden
    return _DETAIL.sub(rf"\1: {HIDDEN}", hidden)


_plain: Final = logging.Formatter()


class HideSecrets(logging.Filter):
    """On a handler: every line that passes is cleaned, tracebacks too."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = without_secrets(_without_address(said, record))
        if clean != said:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = _plain.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        return True


def _without_address(said: str, record: logging.LogRecord) -> str:
    """Django ends what it says of a request with its address, which may be that of a member's page."""
    path = getattr(getattr(record, "request", None), "path", "")
    return said.replace(path, HIDDEN) if len(path) > 1 else said


# --- how a line looks ---

Line = MutableMapping[str, Any]
# What a line may say beside its words and its occasion (core.observation).
FACTS: Final = ("method", "page", "status", "ms", "outcome")


def formatter(*, readable: bool) -> logging.Formatter:
    """For settings.LOGGING: one JSON object a line for programs, or a line for people."""
    return ProcessorFormatter(
        foreign_pre_chain=[_head, ExtraAdder(allow=FACTS), merge_contextvars, _traceback],
        processors=[ProcessorFormatter.remove_processors_meta, _for_people if readable else _for_programs],
    )


def _head(_logger: object, _method: str, line: Line) -> Line:
    record: logging.LogRecord = line["_record"]
    written = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {"time": written, "level": record.levelname, "logger": record.name, **line}


def _traceback(_logger: object, _method: str, line: Line) -> Line:
    """As HideSecrets left it."""
    line.pop("exc_info", None)
    if text := line["_record"].exc_text:
        line["exception"] = text
    return line


# Made once: structlog's own makes one for each line.
_encoder: Final = JSONEncoder(ensure_ascii=False, default=repr)


def _for_programs(_logger: object, _method: str, line: Mapping[str, Any]) -> str:
    return _encoder.encode(line)


def _for_people(_logger: object, _method: str, line: Mapping[str, Any]) -> str:
    words = [str(line[name]) for name in ("time", "level", "logger", "event")]
    shown = {"time", "level", "logger", "event", "exception", *FACTS[:3]}
    words += [f"{name}={fact}" for name, fact in line.items() if name not in shown]
    return "\n".join(filter(None, [" ".join(words), line.get("exception")]))
