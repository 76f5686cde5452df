"""The motives, which the team edits: words, help, who answers, how fast, in which order, shown or not."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.http import member_of
from accounts.services import record
from support.models import Motive
from support.team_forms import MotiveForm


@admin.register(Motive)
class MotiveAdmin(admin.ModelAdmin[Motive]):
    form = MotiveForm
    list_display = ["label", "parent", "team", "priority", "target_hours", "order", "is_shown"]
    list_filter = ["is_shown", "team", "priority"]
    list_select_related = ["parent"]
    search_fields = ["label", "help", "slug"]
    ordering = ["parent__order", "order", "pk"]

    def has_delete_permission(self, request: HttpRequest, obj: Motive | None = None) -> bool:
        """Requests name it: it is hidden."""
        return False

    def save_model(self, request: HttpRequest, obj: Motive, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        changed = ", ".join(name for name in form.changed_data if name != "reason") if change else _("nouveau motif")
        reason = f"{changed}. {form.cleaned_data['reason'].strip()}"
        record(actor=member_of(request), action="support.motive", reference=f"motive:{obj.slug}", reason=reason)
