"""The team keeps the list of skills and reads trainings."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.http import member_of
from catalog.errors import CatalogError
from catalog.models import Category, Skill, Training, TrainingEvent
from catalog.selectors import revision_of
from catalog.services import accept_proposal, refuse_training, validate_training
from core.errors import IllegalMove


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = ["name", "slug", "is_validated", "proposed_by"]
    list_filter = ["is_validated"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    raw_id_fields = ["proposed_by"]


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin[Skill]):
    list_display = ["name", "category", "is_validated", "proposed_by"]
    list_filter = ["is_validated", "category"]
    list_select_related = ["category", "proposed_by"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    raw_id_fields = ["proposed_by"]
    actions = ["accept"]

    @admin.action(description=_("Accepter les propositions choisies"))
    def accept(self, request: HttpRequest, rows: QuerySet[Skill]) -> None:
        for skill in rows:
            accept_proposal(skill=skill, by=member_of(request), reason="")
        self.message_user(request, _("Les propositions choisies sont dans la liste de tous."), messages.SUCCESS)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Raison, lue par le mentor"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "cols": 80})
    )


class EventInline(admin.TabularInline[TrainingEvent, Training]):
    model = TrainingEvent
    fields = ("at", "actor", "from_status", "to_status", "reason")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Training)
class TrainingAdmin(admin.ModelAdmin[Training]):
    """The queue: new trainings and changes to public ones, oldest first. Text is the mentor's: only read here."""

    change_form_template = "admin/catalog/training/change_form.html"
    list_display = ["title", "mentor", "skill", "status", "has_revision", "submitted_at"]
    list_filter = ["status", "category"]
    list_select_related = ["mentor", "skill", "revision"]
    search_fields = ["title", "mentor__first_name", "mentor__last_name"]
    ordering = ["submitted_at"]
    fields = (
        "title",
        "mentor",
        "category",
        "skill",
        "description",
        "suggested_minutes",
        "status",
        "submitted_at",
    )
    readonly_fields = fields
    inlines = [EventInline]

    @admin.display(description=_("modification"), boolean=True)
    def has_revision(self, training: Training) -> bool:
        return hasattr(training, "revision")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Training | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decision)
        return [
            re_path(r"^(?P<pk>\d+)/decision/(?P<verb>validation|refus)/$", view, name="catalog_training_decision"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        training = Training.objects.filter(pk=object_id).first()
        context = {"revision": revision_of(training) if training else None, "show_save": False}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def decision(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        training = get_object_or_404(Training, pk=pk)
        decide = {"validation": validate_training, "refus": refuse_training}[verb]
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                decide(training=training, by=member_of(request), reason=form.cleaned_data["reason"])
            except (CatalogError, IllegalMove) as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, _("Décision enregistrée : le mentor est prévenu."), messages.SUCCESS)
                return redirect(reverse("admin:catalog_training_changelist"))
        title = {"validation": _("Valider la formation"), "refus": _("Refuser la formation")}[verb]
        context = self.admin_site.each_context(request) | {
            "title": title, "form": form, "object": training, "opts": self.opts, "label": title
        }  # fmt: skip
        return render(request, "admin/decision.html", context)
