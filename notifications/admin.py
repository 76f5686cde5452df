"""E-mails as the team sees them: where they went and whether they left. Never what they say."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from core.filters import QueueFilter
from notifications.models import Email


class SentFilter(QueueFilter):
    waiting = "en-echec"
    choices_offered = [(waiting, _("Ne partent pas")), ("attente", _("À envoyer")), ("partis", _("Partis"))]

    def in_state(self, queryset: Any, state: str) -> Any:
        if state == "partis":
            return queryset.filter(sent_at__isnull=False)
        unsent = queryset.filter(sent_at=None)
        return unsent.exclude(last_error="") if state == self.waiting else unsent.filter(last_error="")


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "to", "attempts", "last_error", "sent_at"]
    list_filter = [SentFilter]
    search_fields = ["to", "kind"]
    fields = ("created_at", "kind", "to", "attempts", "next_attempt_at", "last_error", "sent_at")
    show_full_result_count = False
