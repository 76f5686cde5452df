"""The team's queue of requests to become a mentor (SK-21), and its decisions."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.http import member_of
from billing.models import BillingProfile, ConnectedAccount
from core.errors import IllegalMove
from core.money import format_euros
from mentors.checklist import checklist_of
from mentors.errors import MentorError
from mentors.forms import DecisionForm
from mentors.models import MentorApplicationEvent, MentorProfile
from mentors.services import refuse, request_changes, restore, suspend, validate
from mentors.states import MentorStatus

DECISIONS = {
    "validation": (validate, _("Valider la demande")),
    "complements": (request_changes, _("Demander des compléments")),
    "refus": (refuse, _("Refuser la demande")),
    "suspension": (suspend, _("Suspendre le mentor")),
    "retablissement": (restore, _("Rétablir le mentor")),
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


class EventInline(admin.TabularInline[MentorApplicationEvent, MentorProfile]):
    model = MentorApplicationEvent
    fields = ("at", "actor", "from_status", "to_status", "reason")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MentorProfile)
class MentorProfileAdmin(admin.ModelAdmin[MentorProfile]):
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MentorProfile | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        verbs = "|".join(DECISIONS)
        view = self.admin_site.admin_view(self.decision)
        return [
            re_path(rf"^(?P<pk>\d+)/decision/(?P<verb>{verbs})/$", view, name="mentors_mentorprofile_decision"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        profile = MentorProfile.objects.select_related("user__page").filter(pk=object_id).first()
        context = _file_of(profile) if profile else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def decision(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        profile = get_object_or_404(MentorProfile.objects.select_related("user"), pk=pk)
        decide, title = DECISIONS[verb]
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                decide(profile=profile, by=member_of(request), reason=form.cleaned_data["reason"])
            except (MentorError, IllegalMove) as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, _("Décision enregistrée : le membre est prévenu."), messages.SUCCESS)
                return redirect(reverse("admin:mentors_mentorprofile_changelist"))
        context = {"title": title, "form": form, "object": profile, "opts": self.opts, "label": title}
        return render(request, "admin/decision.html", self.admin_site.each_context(request) | context)


def _file_of(profile: MentorProfile) -> dict[str, Any]:
    """What the team reads side by side before deciding."""
    user = profile.user
    return {
        "checklist": checklist_of(user),
        "company": BillingProfile.objects.filter(user=user).first(),
        "stripe_account": ConnectedAccount.objects.filter(user=user).first(),
        "page": getattr(user, "page", None),
        "decisions": [(verb, DECISIONS[verb][1]) for verb in OFFERED.get(MentorStatus(profile.status), [])],
    }
