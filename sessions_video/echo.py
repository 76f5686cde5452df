"""A socket that says back what it hears: how the test of the network measures the way to us and back."""

import asyncio
from typing import Any

from core.sockets import PageSocket

LIFETIME_SECONDS = 10.0
MOST_FRAMES = 20
LONGEST_FRAME = 32
TOO_MUCH = 4429


class EchoConsumer(PageSocket):
    """Open to anybody: it reads nothing, keeps nothing, and lives for seconds."""

    async def connect(self) -> None:
        self.frames = 0
        await self.accept()
        self.end = asyncio.get_running_loop().call_later(LIFETIME_SECONDS, self._expire)

    def _expire(self) -> None:
        self.expiring = asyncio.ensure_future(self.close(1000))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.frames += 1
        if text_data is None or len(text_data) > LONGEST_FRAME or self.frames > MOST_FRAMES:
            await self.close(TOO_MUCH)
        else:
            await self.send(text_data)

    async def disconnect(self, code: int) -> Any:
        self.end.cancel()
