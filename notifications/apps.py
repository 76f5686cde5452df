from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues
from notifications import kinds


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        import_module("notifications.receivers")
        for measure in ("warned", "suspended", "restored"):
            kinds.register(kinds.Kind(f"accounts.{measure}"))
        kinds.register(kinds.Kind("accounts.texts_announced"))
        queues.watch(
            queues.Watched(
                "emails",
                _("E-mails qui ne partent pas"),
                "notifications.view_email",
                import_module("notifications.selectors").failing_count,
                page="admin:notifications_email_changelist",
            )
        )
        personal_data.register(import_module("notifications.personal_data").SOURCE)
