"""The team keeps the list of names, and reads what mentors propose: names, trainings, changes of trainings."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from accounts.decisions import Decision, DecisionAdmin, read_or_send
from accounts.http import member_of
from catalog import remarks
from catalog.differences import differences
from catalog.forms import MergeForm, NameForm, SkillNameForm, target_field
from catalog.models import Category, CategoryAlias, NameProposal, Skill, SkillAlias, Training
from catalog.selectors.names import merge_candidates, reading_of_proposal, uses_of
from catalog.selectors.trainings import reading_of, revision_of
from catalog.services import (
    accept_proposal,
    merge_categories,
    merge_skills,
    refuse_proposal,
    refuse_training,
    validate_training,
    write_category,
    write_skill,
)
from catalog.states import ProposalStatus, TrainingStatus
from core.errors import DomainError
from core.filters import QueueFilter

MERGE_TEMPLATE = "admin/catalog/merge.html"


class NameAdmin(admin.ModelAdmin[Any]):
    """A list of names. What it holds is named elsewhere: a name is never deleted, it is merged into another one."""

    change_form_template = "admin/catalog/name/change_form.html"
    list_filter: ClassVar[Any] = ["is_validated"]
    search_fields = ["name", "aliases__name"]
    # The service that makes one of two.
    merge: ClassVar[Any]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(read_or_send(self.merge_view))
        return [path("<int:pk>/reunion/", view, name=f"{self._address}_merge"), *super().get_urls()]

    @property
    def _address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    @admin.display(description=_("anciens noms"))
    def former_names(self, row: Skill | Category) -> str:
        return ", ".join(alias.name for alias in row.aliases.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("aliases")

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        form = MergeForm(request.POST if request.method == "POST" else None, target=target_field(source))
        if request.method == "POST" and form.is_valid():
            try:
                kept = type(self).merge(source=source, by=member_of(request), **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error.user_message))
            else:
                done = _("«\u202f%(gone)s\u202f» est réuni avec «\u202f%(kept)s\u202f». L’ancienne adresse y conduit.")
                self.message_user(request, done % {"gone": source.name, "kept": kept.name}, messages.SUCCESS)
                return redirect(reverse(f"admin:{self._address}_change", args=[kept.pk]))
        context = {
            "title": _("Réunir %(name)s avec un autre nom") % {"name": f"«\u202f{source.name}\u202f»"},
            "object": source,
            "opts": self.opts,
            "form": form,
            "uses": uses_of(source),
            "candidates": merge_candidates(source),
        }
        return render(request, MERGE_TEMPLATE, self.admin_site.each_context(request) | context)


@admin.register(Category)
class CategoryAdmin(NameAdmin):
    form = NameForm
    list_display = ["name", "slug", "is_validated", "former_names"]
    fields = ["name", "reason", "slug", "is_validated", "former_names"]
    readonly_fields = ["slug", "is_validated", "former_names"]
    merge = staticmethod(merge_categories)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: Any) -> None:
        words = form.cleaned_data
        write_category(category=obj, name=words["name"], by=member_of(request), reason=words["reason"])


@admin.register(Skill)
class SkillAdmin(NameAdmin):
    form = SkillNameForm
    list_display = ["name", "category", "is_validated", "former_names"]
    list_filter: ClassVar[Any] = ["is_validated", "category"]
    list_select_related = ["category"]
    fields = ["name", "category", "reason", "slug", "is_validated", "former_names"]
    readonly_fields = ["slug", "is_validated", "former_names"]
    merge = staticmethod(merge_skills)

    def save_model(self, request: HttpRequest, obj: Skill, form: Any, change: Any) -> None:
        words = form.cleaned_data
        by = member_of(request)
        write_skill(skill=obj, name=words["name"], category=words["category"], by=by, reason=words["reason"])


class FormerNameAdmin(ReadOnlyAdmin):
    """Former addresses: written by the merge and by a new name, only read here."""

    list_display = ["name", "slug", "leads_to", "created_at"]
    search_fields = ["name", "slug"]

    @admin.display(description=_("conduit à"))
    def leads_to(self, alias: SkillAlias | CategoryAlias) -> str:
        return str(alias.skill if isinstance(alias, SkillAlias) else alias.category)


@admin.register(SkillAlias)
class SkillAliasAdmin(FormerNameAdmin):
    list_select_related = ["skill"]


@admin.register(CategoryAlias)
class CategoryAliasAdmin(FormerNameAdmin):
    list_select_related = ["category"]


class ProposalFilter(QueueFilter):
    waiting = ProposalStatus.WAITING
    choices_offered = ProposalStatus.choices


@admin.register(NameProposal)
class NameProposalAdmin(DecisionAdmin[NameProposal]):
    """The queue of proposed names."""

    decisions: ClassVar[dict[str, Decision]] = {
        "validation": Decision(_("Accepter le nom"), accept_proposal, remarks.ACCEPTED_NAME),
        "refus": Decision(_("Refuser le nom"), refuse_proposal, remarks.REFUSED_NAME),
    }
    argument = "proposal"
    target = "offer_vetting_hours"
    change_form_template = "admin/catalog/nameproposal/change_form.html"
    list_display = ["name", "age", "deadline", "kind", "proposer", "status"]
    list_filter = [ProposalFilter]
    list_select_related = ["proposer"]
    search_fields = ["name", "proposer__first_name", "proposer__last_name"]
    ordering = ["proposed_at", "pk"]
    fields = ("name", "status")
    readonly_fields = fields

    @admin.display(description=_("sorte"))
    def kind(self, proposal: NameProposal) -> str:
        return str(_("Catégorie") if proposal.is_category else _("Compétence"))

    def waiting_since(self, target: NameProposal) -> datetime | None:
        return target.proposed_at if target.status == ProposalStatus.WAITING else None

    def offered(self, target: NameProposal, request: HttpRequest) -> list[str]:
        return list(self.decisions) if target.status == ProposalStatus.WAITING else []

    def reading_of(self, target: NameProposal) -> str:
        return reading_of_proposal(target)

    def file_of(self, target: NameProposal, request: HttpRequest) -> dict[str, Any]:
        row = target.skill or target.category
        context = super().file_of(target, request) | {"proposal": target, "row": row, "kind": self.kind(target)}
        if row is None:
            return context
        if self.offered(target, request):
            merge = reverse(f"admin:catalog_{row._meta.model_name}_merge", args=[row.pk])
            context["buttons"] = [*context["buttons"], {"label": _("Réunir avec un autre nom"), "address": merge}]
        return context | {"uses": uses_of(row), "candidates": merge_candidates(row)}


class TrainingFilter(QueueFilter):
    waiting = "waiting"
    choices_offered = [(waiting, _("À lire")), *TrainingStatus.choices]

    def in_state(self, queryset: Any, state: str) -> Any:
        return queryset.waiting() if state == self.waiting else queryset.filter(status=state)


@admin.register(Training)
class TrainingAdmin(DecisionAdmin[Training]):
    """The queue: new trainings and changes to public ones, oldest first. Text is the mentor's: only read here."""

    decisions: ClassVar[dict[str, Decision]] = {
        "validation": Decision(_("Valider la formation"), validate_training, remarks.VALIDATED_TRAINING),
        "refus": Decision(_("Refuser la formation"), refuse_training, remarks.REFUSED_TRAINING),
        "retrait": Decision(
            _("Retirer du site"),
            refuse_training,
            remarks.REFUSED_TRAINING,
            explanation=_("La formation ne sera plus visible. Les réservations déjà faites restent telles quelles."),
        ),
    }
    argument = "training"
    target = "offer_vetting_hours"
    change_form_template = "admin/catalog/training/change_form.html"
    list_display = ["title", "age", "deadline", "mentor", "skill", "status", "has_change"]
    ordering = [Coalesce("revision__submitted_at", "submitted_at"), "pk"]
    list_filter = [TrainingFilter, "category"]
    list_select_related = ["mentor", "skill", "category", "revision"]
    search_fields = ["title", "mentor__first_name", "mentor__last_name"]
    fields = ("title", "status")
    readonly_fields = fields

    @admin.display(description=_("modification"), boolean=True)
    def has_change(self, training: Training) -> bool:
        return self._change_of(training) is not None

    def _change_of(self, training: Training) -> Any:
        change = revision_of(training) if not hasattr(training, "revision") else training.revision
        return change if change and change.refused_at is None else None

    def waiting_since(self, target: Training) -> datetime | None:
        if change := self._change_of(target):
            return datetime.fromisoformat(change.submitted_at.isoformat())
        return target.submitted_at if target.status == TrainingStatus.SUBMITTED else None

    def offered(self, target: Training, request: HttpRequest) -> list[str]:
        if self.waiting_since(target):
            return ["validation", "refus"]
        return ["retrait"] if target.status == TrainingStatus.VALIDATED else []

    def reading_of(self, target: Training) -> str:
        return reading_of(target)

    def obstacle(self, target: Training, verb: str) -> str:
        """SK-36: the service refuses too."""
        text = self._change_of(target) or target
        waiting = [name.name for name in (text.category, text.skill) if not name.is_validated]
        if verb != "validation" or not waiting:
            return ""
        return str(_("Ce nom n’est pas encore validé\u202f: %(names)s.") % {"names": ", ".join(waiting)})

    def file_of(self, target: Training, request: HttpRequest) -> dict[str, Any]:
        change = self._change_of(target)
        text = change or target
        return super().file_of(target, request) | {
            "training": target,
            "revision": change,
            "differences": differences(target, change) if change else [],
            "proposals": NameProposal.objects.waiting().filter(skill=text.skill),
            "history": target.events.select_related("actor"),
        }
