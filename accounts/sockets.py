"""Who is behind an open socket, asked again: it outlives the cookie it was opened with."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.viewing import KEY

NOT_WHILE_VIEWING = 4403


def is_signed_in(scope: Mapping[str, Any]) -> bool:
    """False once the member signed out, changed his password, or his account was closed. Reads, never writes."""
    user = User.objects.filter(pk=scope["user"].pk, is_active=True).first()
    if user is None:
        return False
    opened_with = scope.get("session")
    if opened_with is None:
        # Whoever opened the socket without a session answers for its user.
        return True
    session = import_module(settings.SESSION_ENGINE).SessionStore(opened_with.session_key)
    if session.get(SESSION_KEY) != str(user.pk):
        return False
    kept = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(kept, each) for each in hashes)


class RefuseWhileViewing:
    """Around every socket: who looks at the site as a member opens none."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if await sync_to_async(_is_viewing)(scope):
            await receive()
            await send({"type": "websocket.close", "code": NOT_WHILE_VIEWING})
            return
        await self.inner(scope, receive, send)


def _is_viewing(scope: Mapping[str, Any]) -> bool:
    session = scope.get("session")
    return session is not None and KEY in session
