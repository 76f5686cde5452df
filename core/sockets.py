"""What every socket of a page has in common."""

import logging
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from core.observation import counts, occasion

log = logging.getLogger(__name__)
# Something of ours failed: the page comes back by itself.
BROKEN = 1011


class PageSocket(AsyncWebsocketConsumer):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        user = scope.get("user")
        occasion.begin(request_id=occasion.new_request_id(), socket=type(self).__name__, user=user and user.pk)
        with counts.open_socket(type(self).__name__):
            await super().__call__(scope, receive, send)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """A failure ends the socket in order, so that nothing of it goes on: the page comes back.

        Channels' own way looks after database connections first, for each message and all sockets in one thread, where
        signs of life would wait behind everybody who is just logging in. Sockets have none open there: their work for
        the database closes what it opened.
        """
        try:
            await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            raise
        except Exception:
            log.exception("socket failed at %s", message["type"])
            if message["type"] == "websocket.disconnect":
                raise StopConsumer from None
            await self.close(BROKEN)
