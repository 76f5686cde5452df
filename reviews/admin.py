"""The team's queue of reported reviews (SK-101, SK-102), and every review with what the team did to it."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.decisions import Decision, DecisionAdmin
from core.filters import QueueFilter
from reviews import remarks, services
from reviews.forms import MaskForm, RemovalForm, ReplyRemovalForm
from reviews.models import Review
from reviews.selectors import reading_of, report_of
from reviews.states import ReportStatus, ReviewStatus

EITHER = _("Décision enregistrée\u202f: l’auteur et le mentor sont prévenus.")


class ReportedFilter(QueueFilter):
    waiting = "signales"
    choices_offered = [(waiting, _("Signalés, à examiner")), *ReviewStatus.choices]

    def in_state(self, queryset: Any, state: str) -> Any:
        if state == self.waiting:
            return queryset.filter(report__status=ReportStatus.WAITING)
        return queryset.filter(status=state)


@admin.register(Review)
class ReviewAdmin(DecisionAdmin[Review]):
    """Text and mark are the author's: only read here."""

    decisions: ClassVar[dict[str, Decision]] = {
        "maintien": Decision(
            _("Maintenir l’avis"),
            services.keep_review,
            remarks.KEPT,
            explanation=_("Le mentor lit la raison. L’auteur n’est pas prévenu du signalement."),
            done=_("Décision enregistrée\u202f: le mentor est prévenu."),
        ),
        "masque": Decision(
            _("Masquer un passage"),
            services.mask_passage,
            remarks.MASKED,
            explanation=_(
                "Le passage est remplacé par une mention de l’équipe et du motif. Le reste et la note restent affichés."
            ),
            done=EITHER,
            form=MaskForm,
        ),
        "retrait": Decision(
            _("Retirer l’avis"),
            services.remove_review,
            remarks.REMOVED,
            explanation=_("L’avis disparaît, sa note ne compte plus. L’auteur et le mentor lisent la raison."),
            done=EITHER,
            form=RemovalForm,
        ),
        "reponse": Decision(
            _("Retirer la réponse du mentor"),
            services.remove_reply,
            remarks.REPLY,
            explanation=_("La réponse disparaît et ne se réécrit pas. L’avis et sa note restent."),
            done=EITHER,
            form=ReplyRemovalForm,
        ),
        "retablissement": Decision(
            _("Rétablir l’avis"),
            services.restore_review,
            remarks.RESTORED,
            explanation=_("L’avis est de nouveau affiché et sa note compte de nouveau."),
            done=EITHER,
        ),
    }
    argument = "review"
    target = "review_report_hours"
    change_form_template = "admin/reviews/review/change_form.html"
    list_display = ["mentor", "author", "mark", "age", "deadline", "reported_for", "status"]
    list_filter = [ReportedFilter]
    list_select_related = ["mentor", "author", "report"]
    search_fields = ["reference", "mentor__last_name", "mentor__email", "author__last_name", "author__email", "comment"]
    ordering = [F("report__created_at").asc(nulls_last=True), "-created_at"]
    fields = ("mentor", "status")
    readonly_fields = fields

    @admin.display(description=_("signalé pour"))
    def reported_for(self, review: Review) -> str:
        report = getattr(review, "report", None)
        return str(report.get_ground_display()) if report else "–"

    def waiting_since(self, target: Review) -> datetime | None:
        report = getattr(target, "report", None)
        return report.created_at if report and report.is_waiting else None

    def offered(self, target: Review, request: HttpRequest) -> list[str]:
        if target.is_removed:
            return ["retablissement"]
        kept = ["maintien"] if self.waiting_since(target) else []
        return [*kept, "masque", "retrait", *(["reponse"] if target.has_public_reply else [])]

    def reading_of(self, target: Review) -> str:
        return reading_of(target)

    def file_of(self, target: Review, request: HttpRequest) -> dict[str, Any]:
        return super().file_of(target, request) | {
            "review": target,
            "report": report_of(target),
            "history": target.events.select_related("actor"),
        }
