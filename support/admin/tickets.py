"""The team's queue of requests: urgent first, then oldest against its target (OC-133, K-60)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.decisions import Decision, DecisionAdmin, read_or_send
from accounts.http import member_of
from core import references
from core.errors import DomainError
from core.filters import Choices, QueueFilter
from support import remarks
from support.models import Ticket
from support.selectors import last_bookings, messages_of, others_of, reading_of
from support.services import answer, ask_more, assign, change_motive, change_priority, merge, resolve
from support.states import QUEUED, TicketStatus
from support.team_forms import AnswerForm, AssignForm, ChangeMotiveForm, MergeForm, PriorityForm

SAID = _("Réponse envoyée\u202f: la personne est prévenue.")


class StateFilter(QueueFilter):
    waiting = "a-traiter"
    choices_offered = [
        (waiting, _("À traiter")),
        (TicketStatus.WAITING, _("En attente de la personne")),
        (TicketStatus.RESOLVED, _("Résolues")),
        (TicketStatus.MERGED, _("Réunies à une autre")),
    ]

    def in_state(self, queryset: Any, state: str) -> Any:
        return queryset.filter(status__in=QUEUED) if state == self.waiting else queryset.filter(status=state)


class OwnerFilter(Choices):
    title = _("prise par")
    parameter_name = "prise"
    choices_offered = [("moi", _("Moi")), ("personne", _("Personne"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen == "moi":
            return queryset.filter(assigned_to=member_of(request))
        return queryset.filter(assigned_to=None) if chosen else queryset


@dataclass(frozen=True)
class Treatment:
    """A step that says nothing to the person: its form, and the service that takes its fields."""

    label: str | Promise
    form: Callable[..., forms.Form]
    act: Callable[..., object]


TREATMENTS: dict[str, Treatment] = {
    "prise": Treatment(_("Prendre en charge ou confier"), AssignForm, assign),
    "priorite": Treatment(_("Changer la priorité"), PriorityForm, change_priority),
    "motif": Treatment(_("Changer le motif"), ChangeMotiveForm, change_motive),
    "reunion": Treatment(_("Réunir à une autre demande"), MergeForm, merge),
}
OFFERED = {
    TicketStatus.RECEIVED: ["reponse", "precision", "resolution"],
    TicketStatus.OPEN: ["reponse", "precision", "resolution"],
    TicketStatus.WAITING: ["reponse", "resolution"],
}


@admin.register(Ticket)
class TicketAdmin(DecisionAdmin[Ticket]):
    decisions: ClassVar[dict[str, Decision]] = {
        "reponse": Decision(
            _("Répondre"),
            answer,
            remarks.ANSWERS,
            explanation=_("La demande reste à traiter\u202f: la personne lit votre réponse, et l’équipe continue."),
            done=SAID,
            form=AnswerForm,
        ),
        "precision": Decision(
            _("Demander une précision"),
            ask_more,
            remarks.QUESTIONS,
            explanation=_("La demande attend la personne. Elle se ferme si elle ne répond pas, après un rappel."),
            done=SAID,
            form=AnswerForm,
        ),
        "resolution": Decision(
            _("Répondre et résoudre"),
            resolve,
            remarks.ENDINGS,
            explanation=_("Le dernier mot. La personne peut rouvrir la demande pendant quelques jours."),
            done=SAID,
            form=AnswerForm,
        ),
    }
    argument = "ticket"
    decision_template = "admin/support/ticket/decision.html"
    change_form_template = "admin/support/ticket/change_form.html"
    list_display = ["number", "motive", "who", "priority", "deadline", "status", "assigned_to"]
    list_filter = [StateFilter, OwnerFilter, "team", "priority", ("motive", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["motive", "author", "assigned_to"]
    search_fields = ["reference", "author__email", "author__last_name", "visitor_email", "visitor_name"]
    ordering = ["priority", "due_at", "pk"]
    fields = ("motive", "status")
    readonly_fields = fields

    @admin.display(description=_("référence"), ordering="reference")
    def number(self, ticket: Ticket) -> str:
        return ticket.number

    @admin.display(description=_("de"))
    def who(self, ticket: Ticket) -> str:
        return ticket.who

    def waiting_since(self, target: Ticket) -> datetime | None:
        return target.since if target.waits_for_team else None

    def due_at(self, target: Ticket) -> datetime | None:
        return target.due_at if target.waits_for_team else None

    def offered(self, target: Ticket, request: HttpRequest) -> list[str]:
        return OFFERED.get(TicketStatus(target.status), [])

    def reading_of(self, target: Ticket) -> str:
        return reading_of(target)

    def file_of(self, target: Ticket, request: HttpRequest) -> dict[str, Any]:
        """The request and what is known of the person."""
        author = target.author
        return super().file_of(target, request) | {
            "ticket": target,
            "lines": messages_of(target),
            "about": references.describe(target.subject) if target.subject else None,
            "history": target.events.select_related("actor"),
            "treatments": self._treatments(target) if target.is_live else [],
            "bookings": last_bookings(author) if author else [],
            "others": others_of(target),
        }

    def _treatments(self, target: Ticket) -> list[tuple[str | Promise, str]]:
        name = f"admin:{self._address}_treatment"
        return [(each.label, reverse(name, args=[target.pk, verb])) for verb, each in TREATMENTS.items()]

    # --- what the person is not told

    def get_urls(self) -> list[URLPattern]:
        pattern = rf"^(?P<pk>\d+)/traitement/(?P<verb>{'|'.join(TREATMENTS)})/$"
        view = self.admin_site.admin_view(read_or_send(self.treatment))
        return [re_path(pattern, view, name=f"{self._address}_treatment"), *super().get_urls()]

    def treatment(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        ticket = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, ticket):
            raise PermissionDenied
        chosen = TREATMENTS[verb]
        initial = {"to": request.user.pk} if verb == "prise" else {}
        form = chosen.form(request.POST if request.method == "POST" else None, ticket=ticket, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                chosen.act(ticket=ticket, by=member_of(request), **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, _("C’est enregistré."), messages.SUCCESS)
                return redirect(reverse(f"admin:{self._address}_change", args=[ticket.pk]))
        context = {"title": chosen.label, "label": chosen.label, "form": form, "object": ticket, "opts": self.opts}
        return render(request, "admin/support/ticket/treatment.html", self.admin_site.each_context(request) | context)
