"""What the team sees of conversations: reports, oldest first, and who blocked whom. Never a whole conversation."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.admin import ReadOnlyAdmin
from accounts.http import member_of
from core.errors import DomainError
from core.filters import QueueFilter
from messaging.models import Block, Report
from messaging.selectors import around
from messaging.services import dismiss_report, uphold_report

DECISIONS: dict[str, tuple[str | Promise, Callable[..., object]]] = {
    "validation": (_("Donner suite"), uphold_report),
    "refus": (_("Classer sans suite"), dismiss_report),
}


class AnswerForm(forms.Form):
    reason = forms.CharField(
        label=_("Réponse, lue par la personne qui a signalé"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        error_messages={"required": _("Écrivez la réponse\u202f: la personne qui a signalé la lira.")},
    )


def may_decide(request: HttpRequest) -> bool:
    return member_of(request).has_perm("messaging.change_report")


class DecidedFilter(QueueFilter):
    waiting = "a-traiter"
    choices_offered = [(waiting, _("À traiter")), ("traites", _("Traités"))]

    def in_state(self, queryset: Any, state: str) -> Any:
        return queryset.filter(decided_at__isnull=state == self.waiting)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """The queue. The team reads the message shown to it and the few around, nothing more of the conversation."""

    change_form_template = "admin/messaging/report/change_form.html"
    list_display = ["created_at", "topic", "person", "author", "outcome", "decided_at"]
    list_filter = [DecidedFilter, "topic"]
    list_select_related = ["person", "author"]
    search_fields = ["person__first_name", "person__last_name", "person__email", "author__email", "words"]
    ordering = [F("decided_at").asc(nulls_first=True), "created_at"]
    fields = ("created_at", "topic", "person", "author", "words", "outcome", "decided_by", "decided_at", "reason")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decision)
        pattern = rf"^(?P<pk>\d+)/decision/(?P<verb>{'|'.join(DECISIONS)})/$"
        return [re_path(pattern, view, name="messaging_report_decision"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        shown = {"lines": around(report), "may_decide": may_decide(request)} if report else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | shown)

    @method_decorator(require_http_methods(["GET", "POST"]))
    def decision(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        if not may_decide(request):
            raise PermissionDenied
        report = get_object_or_404(Report, pk=pk)
        label, decide = DECISIONS[verb]
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                decide(report=report, by=member_of(request), reason=form.cleaned_data["reason"])
            except DomainError as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, _("Décision enregistrée\u202f: la personne qui a signalé est prévenue."))
                return redirect("admin:messaging_report_changelist")
        context = {"title": label, "form": form, "object": report, "opts": self.opts, "label": label}
        return render(request, "admin/messaging/report/decision.html", self.admin_site.each_context(request) | context)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "blocker", "blocked"]
    list_select_related = ["blocker", "blocked"]
    search_fields = ["blocker__email", "blocked__email"]
