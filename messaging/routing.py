"""WebSocket addresses."""

from django.urls import URLPattern, path

from messaging.consumers import ThreadConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/messagerie/<str:reference>/", ThreadConsumer.as_asgi()),
]
