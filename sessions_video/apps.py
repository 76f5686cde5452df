from django.apps import AppConfig


class SessionsVideoConfig(AppConfig):
    name = "sessions_video"
