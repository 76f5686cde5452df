from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Setting


class NamedSplitDateTime(AdminSplitDateTime):
    """Django's two inputs, each with a name that is read aloud."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets[0].attrs["aria-label"] = _("Date")
        self.widgets[1].attrs["aria-label"] = _("Heure")


@admin.register(Setting)
class SettingAdmin(admin.ModelAdmin[Setting]):
    list_display = ["key", "value", "effective_from", "by", "reason"]
    list_filter = ["key"]
    formfield_overrides = {models.DateTimeField: {"widget": NamedSplitDateTime}}
