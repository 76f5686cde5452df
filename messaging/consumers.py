"""One socket per open page of a conversation. It only tells that something came; the page then asks for it."""

import contextlib
import json
from typing import Any

from channels.db import database_sync_to_async
from django.http import Http404

from accounts.sockets import is_signed_in
from core.addresses import is_reference
from core.errors import RateLimited
from core.limits import hold
from core.observation import occasion
from core.sockets import PageSocket
from messaging.live import group_of
from messaging.models import Thread
from messaging.selectors import get_thread_for

NOT_SIGNED_IN, NOT_YOURS, NOT_LISTENING = 4401, 4404, 4429
# The page has nothing to say. Somebody who talks on is sent away.
MOST_FRAMES = 20


class ThreadConsumer(PageSocket):
    async def connect(self) -> None:
        self.group: str | None = None
        self.frames = 0
        # Accepted before it is refused: a browser reads the code of an open socket only.
        await self.accept()
        code = await self._enter()
        if code:
            await self.close(code)

    async def _enter(self) -> int | None:
        user, reference = self.scope["user"], self.scope["url_route"]["kwargs"]["reference"]
        if not user.is_authenticated:
            return NOT_SIGNED_IN
        if not is_reference(reference):
            return NOT_YOURS
        try:
            await database_sync_to_async(hold, thread_sensitive=False)("sockets", user.pk)
            thread: Thread = await database_sync_to_async(get_thread_for, thread_sensitive=False)(user, reference)
        except Http404:
            return NOT_YOURS
        except RateLimited:
            return NOT_LISTENING
        occasion.note(thread=reference)
        self.group = group_of(thread)
        await self.channel_layer.group_add(self.group, self.channel_name)
        return None

    async def disconnect(self, code: int) -> None:
        if self.group:
            with contextlib.suppress(Exception):
                await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.frames += 1
        if self.frames > MOST_FRAMES:
            await self.close(NOT_LISTENING)

    async def thread_message(self, event: dict[str, Any]) -> None:
        if not await database_sync_to_async(is_signed_in, thread_sensitive=False)(self.scope):
            await self.close(NOT_SIGNED_IN)
            return
        # The socket may have closed meanwhile.
        with contextlib.suppress(Exception):
            await self.send(json.dumps({"type": "thread.message", "id": event["message_id"]}))
