"""The team's queue of requests to become a mentor (SK-21), and its decisions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.decisions import Decision, DecisionAdmin, StepInline
from billing.models import BillingProfile, ConnectedAccount
from core.money import format_euros
from mentors.checklist import checklist_of
from mentors.models import MentorApplicationEvent, MentorProfile
from mentors.services import refuse, request_changes, restore, suspend, validate
from mentors.states import MentorStatus

DECISIONS = {
    "validation": Decision(_("Valider la demande"), validate),
    "complements": Decision(_("Demander des compléments"), request_changes),
    "refus": Decision(_("Refuser la demande"), refuse),
    "suspension": Decision(_("Suspendre le mentor"), suspend),
    "retablissement": Decision(_("Rétablir le mentor"), restore),
}
OFFERED = {
    MentorStatus.SUBMITTED: ["validation", "complements", "refus"],
    MentorStatus.VALIDATED: ["suspension"],
    MentorStatus.SUSPENDED: ["retablissement"],
}


class QueueFilter(admin.SimpleListFilter):
    """Opens on what waits for the team."""

    title = _("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("tous", _("Tous")), *MentorStatus.choices]

    def choices(self, changelist: Any) -> Any:
        chosen = self.value() or MentorStatus.SUBMITTED
        for name, label in self.lookup_choices:
            yield {
                "selected": name == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[MentorProfile]) -> QuerySet[MentorProfile]:
        chosen = self.value() or MentorStatus.SUBMITTED
        return queryset if chosen == "tous" else queryset.filter(status=chosen)


class EventInline(StepInline):
    model = MentorApplicationEvent


@admin.register(MentorProfile)
class MentorProfileAdmin(DecisionAdmin[MentorProfile]):
    decisions = DECISIONS
    argument = "profile"
    change_form_template = "admin/mentors/mentorprofile/change_form.html"
    list_display = ["user", "status", "submitted_at", "rate", "is_bookable"]
    list_filter = [QueueFilter]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "user__billing_profile__siren"]
    ordering = ["submitted_at"]
    fields = ("user", "status", "submitted_at", "validated_at", "rate", "is_bookable")
    readonly_fields = fields
    inlines = [EventInline]

    @admin.display(description=_("tarif horaire"), ordering="hourly_rate_cents")
    def rate(self, profile: MentorProfile) -> str:
        return format_euros(profile.hourly_rate_cents) if profile.hourly_rate_cents else "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        profile = MentorProfile.objects.select_related("user__page").filter(pk=object_id).first()
        context = _file_of(profile) if profile else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)


def _file_of(profile: MentorProfile) -> dict[str, Any]:
    """What the team reads side by side before deciding."""
    user = profile.user
    return {
        "checklist": checklist_of(user),
        "company": BillingProfile.objects.filter(user=user).first(),
        "stripe_account": ConnectedAccount.objects.filter(user=user).first(),
        "page": getattr(user, "page", None),
        "decisions": [(verb, DECISIONS[verb].label) for verb in OFFERED.get(MentorStatus(profile.status), [])],
    }
