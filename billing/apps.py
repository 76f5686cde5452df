from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues, references


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Paiements et factures")

    def ready(self) -> None:
        import_module("billing.notices").register()
        import_module("billing.receivers")
        references.register("invoice", import_module("billing.selectors").describe_invoice)
        references.register("refund", import_module("billing.selectors").describe_refund)
        waiting = import_module("billing.waiting")
        queues.register(waiting.DISPUTES)
        queues.register(waiting.CORRECTIONS)
        for watched in waiting.WATCHED:
            queues.watch(watched)
        personal_data.register(import_module("billing.personal_data").SOURCE)
