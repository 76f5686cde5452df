"""WebSocket addresses."""

from django.urls import URLPattern, path

from sessions_video.consumers import RoomConsumer

websocket_urlpatterns: list[URLPattern] = [path("ws/salle/<str:reference>/", RoomConsumer.as_asgi())]
