from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import queues


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messagerie")

    def ready(self) -> None:
        from accounts import facts  # noqa: PLC0415
        from core import personal_data, references  # noqa: PLC0415  (the registries need loaded models)
        from messaging import facts as about  # noqa: PLC0415
        from messaging import notices, selectors  # noqa: PLC0415
        from messaging.personal_data import SOURCE  # noqa: PLC0415

        notices.register()
        references.register("thread", selectors.describe)
        facts.register("messaging", "messaging.view_report", about.facts)
        queues.register(
            queues.Queue(
                "message_reports",
                _("Messages et membres signalés"),
                "messaging.view_report",
                selectors.waiting_reports,
                since="created_at",
                page="admin:messaging_report",
                target="message_report_hours",
            )
        )
        personal_data.register(SOURCE)
