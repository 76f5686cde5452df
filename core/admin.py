from django.contrib import admin

from core.models import Setting


@admin.register(Setting)
class SettingAdmin(admin.ModelAdmin[Setting]):
    list_display = ["key", "value", "effective_from", "by", "reason"]
    list_filter = ["key"]
