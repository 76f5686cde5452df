from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import addresses, checks  # noqa: F401, PLC0415  (register a converter and the system checks)
