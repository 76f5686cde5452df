"""The team keeps the list of skills and reads trainings."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.decisions import Decision, DecisionAdmin, StepInline
from accounts.http import member_of
from catalog.models import Category, Skill, Training, TrainingEvent
from catalog.selectors import revision_of
from catalog.services import accept_proposal, refuse_training, validate_training


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


class EventInline(StepInline):
    model = TrainingEvent


@admin.register(Training)
class TrainingAdmin(DecisionAdmin[Training]):
    """The queue: new trainings and changes to public ones, oldest first. Text is the mentor's: only read here."""

    decisions = {
        "validation": Decision(_("Valider la formation"), validate_training),
        "refus": Decision(_("Refuser la formation"), refuse_training),
    }
    argument = "training"
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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        training = Training.objects.filter(pk=object_id).first()
        context = {"revision": revision_of(training) if training else None, "show_save": False}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)
