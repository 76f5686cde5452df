"""Sessions, found by keys that look like ours only, and honest about a database that went away."""

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(cached_db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie says anything: what cannot be one of our keys, a NUL among others, is not looked for."""
        return bool(key) and len(str(key)) >= 8 and str(key).isascii() and str(key).isalnum()  # noqa: PLR2004

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 (Django's)
        """Django calls a session “interrupted”, a bad request, whatever the database said to its saving.

        It is one when another request removed it; a lost connection is a failure of ours, and said as such.
        """
        try:
            super().save(must_create)
        except UpdateError as refused:
            if isinstance(refused.__context__, OperationalError | InterfaceError):
                raise refused.__context__ from None
            raise
