"""WebSocket addresses."""

from django.urls import URLPattern, path

from sessions_video.consumers import RoomConsumer
from sessions_video.echo import EchoConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/salle/test/", EchoConsumer.as_asgi()),
    path("ws/salle/<str:reference>/", RoomConsumer.as_asgi()),
]
