from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Membres")

    def ready(self) -> None:
        import_module("accounts.checks")
        import_module("accounts.receivers")
        personal_data.register(import_module("accounts.personal_data").SOURCE)
