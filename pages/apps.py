from importlib import import_module

from django.apps import AppConfig

from core.observation import exposition


class PagesConfig(AppConfig):
    name = "pages"

    def ready(self) -> None:
        exposition.register(import_module("pages.vitals.gauges").gauges)
