"""Sessions, found by keys that look like ours only."""

from django.contrib.sessions.backends import cached_db


class SessionStore(cached_db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie says anything: what cannot be one of our keys, a NUL among others, is not looked for."""
        return bool(key) and len(str(key)) >= 8 and str(key).isascii() and str(key).isalnum()  # noqa: PLR2004
