from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Réglages de la plateforme")

    def ready(self) -> None:
        from core import addresses, checks, integers  # noqa: F401, PLC0415  (register a converter and the system checks)
        from core.observation import jobs  # noqa: F401, PLC0415  (hears of each job)

        integers.register()
        if settings.SENTRY_DSN:
            import_module("core.observation.failures").start()
