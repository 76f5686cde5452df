from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        import_module("catalog.notices").register()
        import_module("mentors.checklist").register("skills", import_module("catalog.selectors").skills_item)
        models = import_module("catalog.models")
        queues.register(
            queues.Queue(
                "trainings",
                _("Formations à lire"),
                "catalog.view_training",
                models.Training.objects.waiting,
                since="waiting_since",
                page="admin:catalog_training",
                target="offer_vetting_hours",
            )
        )
        queues.register(
            queues.Queue(
                "names",
                _("Noms proposés"),
                "catalog.view_nameproposal",
                models.NameProposal.objects.waiting,
                since="proposed_at",
                page="admin:catalog_nameproposal",
                target="offer_vetting_hours",
            )
        )
        personal_data.register(import_module("catalog.personal_data").SOURCE)
