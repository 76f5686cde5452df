"""What opens a door to whoever holds it is not written into the journals: keys, and secrets that stand in addresses."""

import logging
import re
from functools import cache
from typing import Final

from django.conf import settings

HIDDEN: Final = "…"
# A calendar's address, the link that ends e-mails, the confirmation of an address, a new password.
_SECRETS: Final = re.compile(
    r"(/agenda/[0-9a-z]+/|/notifications/arret/|/confirmer/|/mot-de-passe/nouveau/)(?!termine/)[^\s/?\"']+"
)


_KEYS: Final = (
    "SECRET_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_SECRET_V2",
    "TURN_SECRET",
    "EMAIL_HOST_PASSWORD",
)
# Shorter ones are words.
_SHORTEST_KEY: Final = 8


@cache
def _keys() -> re.Pattern[str] | None:
    """Our own keys, wherever they appear; read once, as settings are."""
    values = [getattr(settings, name, "") for name in _KEYS] + [settings.DATABASES["default"].get("PASSWORD", "")]
    # The longest first: one key may begin like another.
    found = sorted((value for value in values if value and len(value) >= _SHORTEST_KEY), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, found))) if found else None


def without_secrets(text: str) -> str:
    keys = _keys()
    hidden = keys.sub(HIDDEN, text) if keys else text
    return _SECRETS.sub(rf"\1{HIDDEN}", hidden)


_plain: Final = logging.Formatter()


class HideSecrets(logging.Filter):
    """On a handler: every line that passes is cleaned, tracebacks too."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = without_secrets(said)
        if clean != said:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = _plain.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        return True
