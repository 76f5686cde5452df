"""Signs of life of what answers no request: worker, beat and room sweeper.

Each leaves one in a file, which the health check of its own container reads without needing anything else, and one in
Valkey, where the team sees whether any machine has such a part.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import redis
from django.conf import settings

PARTS: Final = ("worker", "beat", "sweeper")
# A part signs more often than that: one that has been silent for longer is stuck or gone.
SILENCE_SECONDS: Final = 45
# Signs are asked for in busy loops: most of them cost nothing.
PAUSE_SECONDS: Final = 5
PATIENCE_SECONDS: Final = 1
_signed: dict[str, float] = {}


def sign(part: str) -> None:
    """Called by each part, in its own loop. Never raises for a Valkey that is down."""
    if time.monotonic() - _signed.get(part, -PAUSE_SECONDS) < PAUSE_SECONDS:
        return
    _signed[part] = time.monotonic()
    file = file_of(part, settings.DATA_DIR)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    with suppress(redis.RedisError), valkey(PATIENCE_SECONDS) as server:
        server.set(_key(part), int(time.time()))


def forget() -> None:
    """Sign again at the next occasion."""
    _signed.clear()


def file_of(part: str, data: Path) -> Path:
    return data / "alive" / part


def seconds_since() -> dict[str, int | None]:
    """How long ago any machine's worker, beat and sweeper signed; None for never. Raises RedisError."""
    with valkey(PATIENCE_SECONDS) as server:
        said = server.mget([_key(part) for part in PARTS])
    now = int(time.time())
    return {part: max(0, now - int(when)) if when else None for part, when in zip(PARTS, said, strict=True)}


def valkey(patience: float) -> "redis.Redis":
    """A connection for a question or two, which never waits long."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=patience)


def _key(part: str) -> str:
    return f"skilmi:alive:{part}"
