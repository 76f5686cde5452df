from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    verbose_name = _("Assistance")

    def ready(self) -> None:
        from core import references  # noqa: PLC0415  (registries need loaded models)
        from support import notices, selectors  # noqa: PLC0415

        notices.register()
        references.register(selectors.PREFIX, selectors.describe)
