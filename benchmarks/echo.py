"""The floor of the room: a bare Channels consumer that sends back what it hears."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402  (needs the settings loaded above)


class Echo(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data)


application = Echo.as_asgi()
