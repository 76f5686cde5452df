"""What opens a door to whoever holds it is not written into the journals: secrets stand in some of our addresses."""

import logging
import re
from typing import Final

HIDDEN: Final = "…"
# A calendar's address, the link that ends e-mails, the confirmation of an address, a new password.
_SECRETS: Final = re.compile(
    r"(/agenda/[0-9a-z]+/|/notifications/arret/|/confirmer/|/mot-de-passe/nouveau/)(?!termine/)[^\s/?\"']+"
)


def without_secrets(text: str) -> str:
    return _SECRETS.sub(rf"\1{HIDDEN}", text)


class HideSecrets(logging.Filter):
    """On a handler: every line that passes is cleaned."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = without_secrets(said)
        if clean != said:
            record.msg, record.args = clean, None
        return True
