"""Short-lived credentials for the relay (coturn's `use-auth-secret`)."""

import base64
import hashlib
import hmac
import time
from typing import Any

from django.conf import settings

LIFETIME_SECONDS = 4 * 3600
# Long enough for one test of the network, too short to be worth passing on (docs/realtime.md).
TEST_LIFETIME_SECONDS = 120


def ice_servers(name: str, lifetime_seconds: int = LIFETIME_SECONDS) -> list[dict[str, Any]]:
    """What a browser needs to connect from behind a home router; empty when nothing is configured.

    The relay checks the expiry against real time, whatever the product's clock says.
    """
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": settings.STUN_URLS})
    if settings.TURN_URLS and settings.TURN_SECRET:
        username = f"{int(time.time()) + lifetime_seconds}:{name}"
        digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        servers.append({"urls": settings.TURN_URLS, "username": username, "credential": credential})
    return servers
