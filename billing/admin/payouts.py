"""What goes to the mentors: payouts, what comes back from them, and the settlements behind."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.admin.base import (
    BooksAdmin,
    ReadOnlyInline,
    ShowsProofs,
    StaffAction,
    euros,
    linked,
    moment,
    proof_link,
    reference_link,
    row_link,
    subject,
    text,
    worded,
)
from billing.admin.words import cause_words, error_words
from billing.errors import NotPossible
from billing.models import (
    Adjustment,
    ConnectedAccount,
    Payout,
    PayoutPart,
    PayoutSuspension,
    Settlement,
    TransferReversal,
)
from billing.services import suspensions
from billing.services.payouts import overdue
from billing.states import PayoutStatus, ReversalStatus
from core import clock
from core.filters import Choices

MANAGES = "billing.change_payout"
BY_STAFF = "staff:"
LONG = timedelta(hours=1)


class StateFilter(Choices):
    title = _("état")
    parameter_name = "etat"
    choices_offered = [
        ("prevus", _("Prévus")),
        ("suspendus", _("Suspendus")),
        ("echoues", _("Échoués")),
        ("en-retard", _("En retard, plus de 72 h")),
        ("en-doute", _("En cours depuis plus d’une heure")),
        ("en-cours", _("En cours d’envoi")),
        ("envoyes", _("Envoyés")),
        ("annules", _("Annulés")),
    ]
    statuses = {
        "prevus": PayoutStatus.SCHEDULED,
        "suspendus": PayoutStatus.SUSPENDED,
        "echoues": PayoutStatus.FAILED,
        "en-cours": PayoutStatus.IN_FLIGHT,
        "envoyes": PayoutStatus.PAID,
        "annules": PayoutStatus.CANCELED,
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen, now = self.value(), clock.now()
        if chosen == "en-retard":
            return queryset.filter(pk__in=overdue(now).values("pk"))
        if chosen == "en-doute":
            return queryset.filter(status=PayoutStatus.IN_FLIGHT, claimed_at__lt=now - LONG)
        return queryset.filter(status=self.statuses[chosen]) if chosen in self.statuses else queryset


class PartInline(ReadOnlyInline, admin.TabularInline[PayoutPart, Model]):
    model = PayoutPart
    extra = 0
    verbose_name_plural = _("parts, une par paiement par carte")
    fields = [
        linked("top_up", _("paiement")),
        euros("amount_cents", _("montant")),
        "transfer_id",
        "asked_at",
        "attempt",
        "from_balance",
        "reversed",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutPart]:
        return super().get_queryset(request).select_related("top_up").prefetch_related("reversals").order_by("pk")

    @admin.display(description=_("sans paiement nommé"))
    def from_balance(self, part: PayoutPart) -> str:
        """Sent from the platform's balance, as Stripe refused to tie it to the card payment."""
        return str(_("oui") if part.is_from_balance else _("non"))

    @admin.display(description=_("reprises"))
    def reversed(self, part: PayoutPart) -> str | SafeString:
        rows = [(row_link(reversal), reversal.get_status_display()) for reversal in part.reversals.all()]
        return format_html_join(", ", "{} ({})", rows) or "–"


class SuspensionInline(ReadOnlyInline, admin.TabularInline[PayoutSuspension, Model]):
    model = PayoutSuspension
    extra = 0
    verbose_name_plural = _("suspensions")
    fields = [worded("cause", _("cause"), cause_words), "opened_at", "lifted_at"]
    ordering = ["-opened_at"]


# --- what the team may do ---


def _suspend(payout: Payout, by: User, _reason: str) -> None:
    if not suspensions.suspend(reference=payout.settlement.reference, cause=f"{BY_STAFF}{by.pk}"):
        raise NotPossible(_("Ce virement est parti, ou en train de partir\u202f: il ne peut plus être retenu."))


def _lift(payout: Payout, _by: User, _reason: str) -> None:
    """What the team itself holds back: complaints and disputes end where they are decided."""
    causes = [cause for cause in suspensions.causes_of(payout) if cause.startswith(BY_STAFF)]
    if not causes:
        raise NotPossible(_("L’équipe ne retient plus ce virement."))
    for cause in causes:
        suspensions.lift(reference=payout.settlement.reference, cause=cause)


def _retry(payout: Payout, _by: User, _reason: str) -> None:
    suspensions.retry(reference=payout.settlement.reference)


def _is_held_by_staff(payout: Payout) -> bool:
    return any(cause.startswith(BY_STAFF) for cause in suspensions.causes_of(payout))


def _can_be_suspended(payout: Payout) -> bool:
    return payout.status in suspensions.KEPT_HERE and not _is_held_by_staff(payout)


ACTIONS = (
    StaffAction(
        slug="suspension",
        label=_("Suspendre"),
        explanation=_("Le virement attend que l’équipe lève la suspension. Le mentor est prévenu."),
        done=_("Le virement est suspendu."),
        permission=MANAGES,
        trace="billing.payout_suspended",
        act=_suspend,
        is_offered=_can_be_suspended,
    ),
    StaffAction(
        slug="levee",
        label=_("Lever la suspension"),
        explanation=_("Le virement part dès qu’aucune autre cause ne le retient (réclamation, contestation bancaire)."),
        done=_("La suspension de l’équipe est levée."),
        permission=MANAGES,
        trace="billing.payout_released",
        act=_lift,
        is_offered=_is_held_by_staff,
    ),
    StaffAction(
        slug="relance",
        label=_("Relancer"),
        explanation=_("Un virement abandonné après ses essais est tenté de nouveau tout de suite."),
        done=_("Le virement est relancé."),
        permission=MANAGES,
        trace="billing.payout_retried",
        act=_retry,
        is_offered=lambda payout: payout.status == PayoutStatus.FAILED,
    ),
)


@admin.register(Payout)
class PayoutAdmin(ShowsProofs[Payout]):
    staff_actions = ACTIONS
    list_display = [
        text("reference", _("référence")),
        linked("mentor", _("mentor")),
        euros("to_send_cents", _("à envoyer")),
        "state",
        moment("due_at", _("dû le")),
        reference_link("settlement__reference", _("objet")),
    ]
    list_filter = [StateFilter]
    list_select_related = ["mentor", "settlement"]
    search_fields = ["reference", "settlement__reference", "mentor__email", "mentor__last_name"]
    search_help_text = _("Référence du virement ou de la réservation, adresse ou nom du mentor.")
    ordering = ["-due_at", "-pk"]
    fields = [
        subject("settlement__reference", _("objet")),
        "proofs",
        linked("settlement", _("règlement")),
        linked("mentor", _("mentor")),
        "account_state",
        euros("amount_cents", _("montant net")),
        euros("adjusted_cents", _("retiré avant l’envoi")),
        euros("set_off_cents", _("compensé avec une dette")),
        euros("to_send_cents", _("à envoyer")),
        "status",
        "due_at",
        "attempts",
        "next_attempt_at",
        "claimed_at",
        "paid_at",
        worded("last_error", _("dernière erreur"), error_words),
    ]
    inlines = [PartInline, SuspensionInline]

    @admin.display(description=_("état"), ordering="status")
    def state(self, payout: Payout) -> str:
        """With what went wrong last."""
        status = payout.get_status_display()
        return f"{status}. {error_words(payout.last_error)}" if payout.last_error else status

    @admin.display(description=_("relevé de session"))
    def proofs(self, payout: Payout) -> str | SafeString:
        return proof_link(payout.settlement.reference)

    @admin.display(description=_("compte Stripe du mentor"))
    def account_state(self, payout: Payout) -> str:
        account = ConnectedAccount.objects.filter(user_id=payout.mentor_id).first()
        return account.get_state_display() if account else str(_("aucun"))


class ReversalFilter(Choices):
    title = _("état")
    parameter_name = "etat"
    choices_offered = [("ouvertes", _("En attente")), *ReversalStatus.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen == "ouvertes":
            return queryset.filter(status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT])
        return queryset.filter(status=chosen) if chosen else queryset


@admin.register(TransferReversal)
class TransferReversalAdmin(BooksAdmin[TransferReversal]):
    list_display = [
        text("reference", _("référence")),
        linked("part__payout", _("virement")),
        linked("part__payout__mentor", _("mentor")),
        euros("amount_cents", _("montant")),
        "status",
        moment("created_at", _("date")),
        worded("last_error", _("dernière erreur"), error_words),
    ]
    list_filter = [ReversalFilter]
    list_select_related = ["part__payout__mentor"]
    search_fields = ["reference", "cause", "reversal_id", "part__payout__mentor__email"]
    ordering = ["-pk"]
    fields = [
        linked("part__payout", _("virement")),
        linked("part__payout__mentor", _("mentor")),
        euros("amount_cents", _("montant")),
        worded("cause", _("cause"), cause_words),
        "status",
        "attempt",
        "next_attempt_at",
        "reversal_id",
        worded("last_error", _("dernière erreur"), error_words),
        "created_at",
        "done_at",
    ]


class AdjustmentInline(ReadOnlyInline, admin.TabularInline[Adjustment, Model]):
    model = Adjustment
    extra = 0
    fields = [
        "reference",
        euros("amount_cents", _("rendu à l’apprenant")),
        euros("net_cents", _("repris au mentor")),
        euros("commission_cents", _("commission rendue")),
        "reason",
        "decided_at",
    ]


@admin.register(Settlement)
class SettlementAdmin(BooksAdmin[Settlement]):
    list_display = [
        text("reference", _("référence")),
        linked("learner", _("apprenant")),
        linked("mentor", _("mentor")),
        euros("held_cents", _("bloqué")),
        euros("charged_cents", _("facturé")),
        euros("net_cents", _("net du mentor")),
        moment("settled_at", _("réglé le")),
    ]
    list_filter = ["settled_at"]
    list_select_related = ["learner", "mentor"]
    search_fields = ["reference", "learner__email", "mentor__email"]
    ordering = ["-pk"]
    fields = [
        subject("reference", _("objet")),
        "label",
        linked("learner", _("apprenant")),
        linked("mentor", _("mentor")),
        "service_started_at",
        "service_ended_at",
        "billed_seconds",
        euros("rate_cents", _("tarif horaire")),
        euros("held_cents", _("bloqué")),
        euros("charged_cents", _("facturé")),
        euros("released_cents", _("rendu au crédit")),
        euros("commission_cents", _("commission TTC")),
        euros("commission_vat_cents", _("TVA de la commission")),
        euros("net_cents", _("net du mentor")),
        euros("vat_cents", _("TVA du mentor")),
        linked("payout", _("virement")),
        "settled_at",
    ]
    inlines = [AdjustmentInline]


@admin.register(Adjustment)
class AdjustmentAdmin(BooksAdmin[Adjustment]):
    list_display = [
        text("reference", _("référence")),
        linked("settlement", _("règlement")),
        euros("amount_cents", _("rendu à l’apprenant")),
        euros("net_cents", _("repris au mentor")),
        "reason",
        moment("decided_at", _("décidé le")),
    ]
    list_filter = ["decided_at"]
    list_select_related = ["settlement"]
    search_fields = ["reference", "settlement__reference"]
    ordering = ["-pk"]
    fields = [
        "reference",
        subject("settlement__reference", _("objet")),
        linked("settlement", _("règlement")),
        linked("credit_note", _("avoir")),
        euros("amount_cents", _("rendu à l’apprenant")),
        euros("net_cents", _("repris au mentor")),
        euros("commission_cents", _("commission rendue")),
        euros("commission_vat_cents", _("TVA de la commission")),
        euros("vat_cents", _("TVA du mentor")),
        "reason",
        "decided_at",
    ]
