"""What failed, told to Sentry without anything of the people concerned. Imported only where SENTRY_DSN is set.

What is not named here does not leave: the request is its method and its page, the person a number, the frames lines of
code without the values they held.
"""

import logging
from collections.abc import Iterable
from typing import Any, Final

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.types import Event, Hint
from structlog.contextvars import get_contextvars

from core.logs import without_secrets

KEPT: Final = (
    *("event_id", "timestamp", "level", "platform", "release", "environment", "server_name", "logger"),
    *("exception", "logentry", "sdk"),
)
OF_FRAMES: Final = ("filename", "function", "module", "lineno", "in_app", "context_line", "pre_context", "post_context")


def start() -> None:
    """What is written as an error is told: pages and jobs that fail are, and nothing of Django or Celery is changed."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.RELEASE or None,
        environment=settings.SENTRY_ENVIRONMENT,
        sample_rate=settings.SENTRY_SAMPLE_PERCENT / 100,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        default_integrations=False,
        before_send=stripped,
    )
    logging.getLogger().addHandler(EventHandler(level=logging.ERROR))


def stripped(event: Event, _hint: Hint) -> Event:
    """The event with what is named above and nothing else."""
    kept: dict[str, Any] = {name: event[name] for name in KEPT if name in event}
    occasion = get_contextvars()
    kept["tags"] = {name: str(fact) for name, fact in occasion.items() if name != "user"}
    if user := occasion.get("user"):
        kept["user"] = {"id": str(user)}
    if "exception" in kept:
        kept["exception"] = {"values": [_exception(each) for each in kept["exception"].get("values", ())]}
    if "logentry" in kept:
        kept["logentry"] = {"message": without_secrets(str(kept["logentry"].get("message", "")))}
    kept["transaction"] = str(occasion.get("page") or occasion.get("job") or occasion.get("socket") or "")
    return kept  # type: ignore[return-value]


def _exception(said: dict[str, Any]) -> dict[str, Any]:
    kept = _only(said, ("type", "module", "mechanism")) | {"value": without_secrets(str(said.get("value") or ""))}
    frames = (said.get("stacktrace") or {}).get("frames", ())
    return kept | {"stacktrace": {"frames": [_only(frame, OF_FRAMES) for frame in frames]}}


def _only(said: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}
