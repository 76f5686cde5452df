from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues, references


class SupportConfig(AppConfig):
    name = "support"
    verbose_name = _("Assistance")

    def ready(self) -> None:
        from support import notices, selectors  # noqa: PLC0415  (registries need loaded models)
        from support.personal_data import SOURCE  # noqa: PLC0415

        notices.register()
        references.register(selectors.PREFIX, selectors.describe)
        queues.register(
            queues.Queue(
                "requests",
                _("Demandes à l’équipe"),
                "support.view_ticket",
                selectors.waiting_tickets,
                since="since",
                page="admin:support_ticket",
                due="due_at",
            )
        )
        personal_data.register(SOURCE)
