from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        import_module("catalog.notices").register()
        import_module("mentors.checklist").register("skills", import_module("catalog.selectors").skills_item)
