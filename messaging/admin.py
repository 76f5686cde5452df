"""What the team sees of conversations: reports, oldest first, and who blocked whom. Never a whole conversation."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from accounts.decisions import Decision, DecisionAdmin, ReasonForm
from core.filters import QueueFilter
from messaging.models import Block, Report
from messaging.selectors import around, reading_of
from messaging.services import dismiss_report, uphold_report

ANSWERED = _("Décision enregistrée\u202f: la personne qui a signalé est prévenue.")


class AnswerForm(ReasonForm):
    reason = forms.CharField(
        label=_("Réponse, lue par la personne qui a signalé"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        error_messages={"required": _("Écrivez la réponse\u202f: la personne qui a signalé la lira.")},
    )


class DecidedFilter(QueueFilter):
    waiting = "a-traiter"
    choices_offered = [(waiting, _("À traiter")), ("traites", _("Traités"))]

    def in_state(self, queryset: Any, state: str) -> Any:
        return queryset.filter(decided_at__isnull=state == self.waiting)


@admin.register(Report)
class ReportAdmin(DecisionAdmin[Report]):
    """The queue. The team reads the message shown to it and the few around, nothing more of the conversation."""

    decisions: ClassVar[dict[str, Decision]] = {
        "validation": Decision(_("Donner suite"), uphold_report, done=ANSWERED, form=AnswerForm),
        "refus": Decision(_("Classer sans suite"), dismiss_report, done=ANSWERED, form=AnswerForm),
    }
    argument = "report"
    target = "message_report_hours"
    change_form_template = "admin/messaging/report/change_form.html"
    list_display = ["topic", "person", "author", "age", "deadline", "outcome", "decided_at"]
    list_filter = [DecidedFilter, "topic"]
    list_select_related = ["person", "author"]
    search_fields = ["person__first_name", "person__last_name", "person__email", "author__email", "words"]
    ordering = [F("decided_at").asc(nulls_first=True), "created_at"]
    fields = ("topic", "outcome")
    readonly_fields = fields

    def waiting_since(self, target: Report) -> datetime | None:
        return None if target.decided_at else target.created_at

    def offered(self, target: Report, request: HttpRequest) -> list[str]:
        return [] if target.decided_at else list(self.decisions)

    def reading_of(self, target: Report) -> str:
        return reading_of(target)

    def file_of(self, target: Report, request: HttpRequest) -> dict[str, Any]:
        return super().file_of(target, request) | {"report": target, "lines": around(target)}


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "blocker", "blocked"]
    list_select_related = ["blocker", "blocked"]
    search_fields = ["blocker__email", "blocked__email"]
