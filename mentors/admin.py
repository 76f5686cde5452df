"""The team's queue of requests to become a mentor (SK-21), and its decisions."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.decisions import Decision, DecisionAdmin
from billing.models import BillingProfile, ConnectedAccount
from core.filters import QueueFilter
from core.money import format_euros
from mentors import remarks
from mentors.checklist import checklist_of
from mentors.errors import ApplicationIncomplete, CompanyClosed
from mentors.models import MentorProfile
from mentors.selectors import reading_of, register_answer_of, usual_days, vetting_history
from mentors.services import propose_refusal, refuse, request_changes, restore, suspend, validate
from mentors.states import MentorStatus

OFFERED = {
    MentorStatus.SUBMITTED: ["validation", "complements", "refus"],
    MentorStatus.VALIDATED: ["suspension"],
    MentorStatus.SUSPENDED: ["retablissement"],
}


class StateFilter(QueueFilter):
    waiting = MentorStatus.SUBMITTED
    choices_offered = MentorStatus.choices


@admin.register(MentorProfile)
class MentorProfileAdmin(DecisionAdmin[MentorProfile]):
    decisions: ClassVar[dict[str, Decision]] = {
        "validation": Decision(_("Valider la demande"), validate, remarks.VALIDATION),
        "complements": Decision(_("Demander des compléments"), request_changes, remarks.CHANGES),
        "refus": Decision(
            _("Proposer un refus"),
            propose_refusal,
            remarks.REFUSAL,
            explanation=_("Un refus se décide à deux. Le membre ne lit rien avant qu’une autre personne le confirme."),
            done=_("Refus proposé\u202f: une autre personne de l’équipe doit le confirmer."),
        ),
        "confirmation": Decision(_("Confirmer le refus"), refuse, remarks.REFUSAL),
        "suspension": Decision(_("Suspendre le mentor"), suspend, remarks.SUSPENSION),
        "retablissement": Decision(_("Rétablir le mentor"), restore, remarks.RESTORATION),
    }
    argument = "profile"
    target = "mentor_vetting_hours"
    change_form_template = "admin/mentors/mentorprofile/change_form.html"
    list_display = ["user", "age", "deadline", "status", "second_look", "rate"]
    list_filter = [StateFilter]
    list_select_related = ["user", "refusal_proposed_by"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "user__billing_profile__siren"]
    ordering = ["submitted_at", "pk"]
    fields = ("user", "status")
    readonly_fields = fields

    @admin.display(description=_("tarif horaire"), ordering="hourly_rate_cents")
    def rate(self, profile: MentorProfile) -> str:
        return format_euros(profile.hourly_rate_cents) if profile.hourly_rate_cents else "–"

    @admin.display(description=_("refus proposé par"))
    def second_look(self, profile: MentorProfile) -> str:
        return profile.refusal_proposed_by.get_full_name() if profile.refusal_proposed_by else "–"

    def waiting_since(self, target: MentorProfile) -> datetime | None:
        return target.submitted_at if target.status == MentorStatus.SUBMITTED else None

    def offered(self, target: MentorProfile, request: HttpRequest) -> list[str]:
        verbs = OFFERED.get(MentorStatus(target.status), [])
        if target.refusal_proposed_by_id is None:
            return verbs
        confirmed = [] if target.refusal_proposed_by_id == request.user.pk else ["confirmation"]
        return [verb for verb in verbs if verb != "refus"] + confirmed

    def reading_of(self, target: MentorProfile) -> str:
        return reading_of(target)

    def obstacle(self, target: MentorProfile, verb: str) -> str:
        """SK-22 to SK-25: the service refuses too."""
        if verb not in {"validation", "retablissement"}:
            return ""
        if missing := checklist_of(target.user).missing:
            return str(ApplicationIncomplete(missing).user_message)
        answer = register_answer_of(target.user)
        return str(CompanyClosed.user_message) if answer and answer.is_closed else ""

    def first_words(self, target: MentorProfile, verb: str) -> str:
        return target.refusal_reason if verb == "confirmation" else ""

    def file_of(self, target: MentorProfile, request: HttpRequest) -> dict[str, Any]:
        """What the team reads side by side before deciding."""
        user = target.user
        return super().file_of(target, request) | {
            "profile": target,
            "member": user,
            "checklist": checklist_of(user),
            "company": BillingProfile.objects.filter(user=user).first(),
            "register": register_answer_of(user),
            "stripe_account": ConnectedAccount.objects.filter(user=user).first(),
            "page": getattr(user, "page", None),
            "skills": [row.skill for row in user.member_skills.select_related("skill")],
            "days": usual_days(target.availability.all()),
            "history": vetting_history(target),
        }
