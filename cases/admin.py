"""The team's queue « Litiges »: complaints and sessions not held, oldest first, decided on what both people see."""

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.decisions import Decision, DecisionAdmin, ReasonForm
from accounts.http import member_of
from billing.admin.words import cause_words
from billing.services.suspensions import causes_of
from cases import remarks, rules, services
from cases.evidence import Evidence, evidence_of
from cases.forms import SPLIT_MEANS, PartForm, SplitForm
from cases.models import Case
from cases.presentation import decision_words, net_words
from cases.selectors import first_decider, reading_of
from cases.states import OUTCOMES, WAITING, WITH_AMOUNT, Outcome, Round, Status
from core import values
from core.filters import QueueFilter
from core.money import format_euros
from messaging.selectors import lines_between
from sessions_video.models import RoomReport

SECONDS_PER_MINUTE = 60
BOTH_READ = _(
    "Les deux personnes lisent la raison. Elles peuvent faire un recours, que quelqu’un d’autre décide\u202f; l’argent "
    "bouge ensuite. La décision d’un recours est définitive et s’applique aussitôt."
)
DONE = _("Décision enregistrée\u202f: les deux personnes sont prévenues.")


def _decision(
    label: Any, outcome: Outcome, templates: Any, form: type[ReasonForm] = ReasonForm
) -> tuple[Outcome, Decision]:
    verb = partial(services.decide, outcome=outcome)
    return outcome, Decision(label, verb, templates, explanation=BOTH_READ, done=DONE, form=form)


DECISIONS = dict(
    [
        _decision(_("Rejeter la réclamation"), Outcome.REJECTED, remarks.REJECTED),
        _decision(_("Rendre une partie"), Outcome.PARTIAL, remarks.PARTIAL, PartForm),
        _decision(_("Tout rendre"), Outcome.FULL, remarks.FULL),
        _decision(_("Facturer la durée prévue"), Outcome.PLANNED, remarks.PLANNED),
        _decision(_("Rendre le montant bloqué"), Outcome.REFUND, remarks.REFUND),
        _decision(_("Partager"), Outcome.SPLIT, remarks.SPLIT, SplitForm),
    ]
)


class StateFilter(QueueFilter):
    waiting = "a-decider"
    choices_offered = [
        (waiting, _("À décider")),
        ("attente", _("Explications ou recours attendus")),
        ("clos", _("Clos")),
    ]

    def in_state(self, queryset: Any, state: str) -> Any:
        if state == self.waiting:
            return queryset.filter(status__in=WAITING)
        closed = queryset.filter(status=Status.CLOSED)
        return closed if state == "clos" else queryset.exclude(status__in=[*WAITING, Status.CLOSED])


@admin.register(Case)
class CaseAdmin(DecisionAdmin[Case]):
    decisions: ClassVar[dict[str, Decision]] = {str(outcome): chosen for outcome, chosen in DECISIONS.items()}
    argument = "case"
    target = "case_decision_hours"
    change_form_template = "admin/cases/case/change_form.html"
    list_display = ["people", "kind", "age", "deadline", "status", "stake"]
    list_filter = [StateFilter, "kind"]
    list_select_related = ["booking__learner", "booking__mentor"]
    search_fields = ["reference", "booking__reference", "booking__learner__email", "booking__mentor__email"]
    ordering = ["ready_at", "opened_at", "pk"]
    fields = ("reference", "kind", "status")
    readonly_fields = fields

    @admin.display(description=_("apprenant, mentor"))
    def people(self, case: Case) -> str:
        return f"{case.booking.learner.get_full_name()}, {case.booking.mentor.get_full_name()}"

    @admin.display(description=_("en jeu"), ordering="stake_cents")
    def stake(self, case: Case) -> str:
        return format_euros(case.stake_cents)

    def waiting_since(self, target: Case) -> datetime | None:
        return target.ready_at

    def offered(self, target: Case, request: HttpRequest) -> list[str]:
        """Nobody decides on an appeal against himself, nor on his own session."""
        if target.status not in WAITING or target.booking.has(member_of(request)):
            return []
        if target.round == Round.APPEAL and first_decider(target) == request.user.pk:
            return []
        return [str(outcome) for outcome in OUTCOMES[target.kind]]

    def help_of(self, target: Case, verb: str) -> dict[str, str]:
        """The most that can be given or charged, and what the learner asks for."""
        if verb not in WITH_AMOUNT:
            return {}
        most = _("%(most)s au plus.") % {"most": format_euros(target.stake_cents)}
        asked = _("L’apprenant demande %(asked)s.") % {"asked": format_euros(target.asked_cents or 0)}
        known = SPLIT_MEANS if verb == Outcome.SPLIT else ""
        return {"amount_cents": " ".join(filter(None, [most, asked if target.asked_cents else "", str(known)]))}

    def reading_of(self, target: Case) -> str:
        return reading_of(target)

    def file_of(self, target: Case, request: HttpRequest) -> dict[str, Any]:
        """What the team reads side by side before deciding."""
        booking, day = target.booking, target.booking.day_bounds
        evidence = evidence_of(target)
        offered = self.offered(target, request)
        return super().file_of(target, request) | {
            "case": target,
            "booking": booking,
            "evidence": evidence,
            "proposed": _proposed(target, evidence),
            "statements": target.statements.select_related("author").prefetch_related("files"),
            "past": [(each, decision_words(each), net_words(target, each)) for each in target.decisions.all()],
            "lines": lines_between(booking.learner, booking.mentor, day.starts_at, day.ends_at),
            "reports": RoomReport.objects.filter(video_session__booking=booking).select_related("author"),
            "causes": [cause_words(cause) for cause in causes_of(evidence.payout)] if evidence.payout else [],
            "history": target.events.select_related("actor"),
            "somebody_else": target.status in WAITING and not offered,
        }


def _proposed(case: Case, evidence: Evidence) -> Outcome | None:
    """What the log alone says, to start from."""
    if case.is_complaint:
        return None
    return rules.proposed(evidence.alone, values.value("mentor_waiting_minutes") * SECONDS_PER_MINUTE)
