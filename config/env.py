"""Typed readers for the environment. A value may also live in a file named by <NAME>_FILE."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The variable `name`, else the content of the file `<name>_FILE` names, else `default`.

    A line that was left empty, as in a copy of .env.example, hides no file and is no secret.
    """
    value = os.environ.get(name)
    if not value and (path := os.environ.get(f"{name}_FILE")):
        return Path(path).read_text(encoding="utf8").strip()
    if default is None and not value:
        raise ImproperlyConfigured(f"The environment variable {name} is missing.")
    return default or "" if value is None else value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int) -> int:
    return int(text(name, "") or default)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `postgres://user:password@host:port/name?host=/socket/folder`.

    Other words after the question mark are PostgreSQL's own, such as `sslmode=verify-full`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// (no other database is supported).")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }
