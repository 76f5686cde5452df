from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues, references


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Litiges")

    def ready(self) -> None:
        """The registries need loaded models."""
        selectors = import_module("cases.selectors")
        import_module("cases.receivers")
        import_module("cases.notices").register()
        import_module("cases.cards").register()
        for prefix in (selectors.PREFIX, selectors.COMPLAINT_PREFIX):
            references.register(prefix, selectors.describe)
        import_module("bookings.awaited").register(selectors.awaited_from)
        import_module("accounts.facts").register("cases", "cases.view_case", import_module("cases.facts").facts)
        queues.register(
            queues.Queue(
                "cases",
                _("Litiges"),
                "cases.view_case",
                selectors.waiting_cases,
                since="ready_at",
                page="admin:cases_case",
                target="case_decision_hours",
            )
        )
        personal_data.register(import_module("cases.personal_data").SOURCE)
