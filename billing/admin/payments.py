"""What comes from the learners: card payments and where their euros are, blocked amounts, refunds, disputes."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.base import (
    BooksAdmin,
    ReadOnlyInline,
    ShowsProofs,
    euros,
    key_link,
    linked,
    listed,
    moment,
    proof_link,
    row_link,
    subject,
    subject_link,
    text,
    worded,
)
from billing.admin.words import dispute_words, error_words
from billing.ledger import balance
from billing.ledger.accounts import receivable
from billing.models import ChargeAllocation, Dispute, Hold, Invoice, Payout, Refund, Settlement, TopUp
from billing.states import DisputeStatus, RefundStatus, TopUpOrigin
from core.filters import Choices
from core.money import format_euros
from core.templatetags import house


class AllocationInline(ReadOnlyInline, admin.TabularInline[ChargeAllocation, Model]):
    model = ChargeAllocation
    extra = 0
    verbose_name_plural = _("affectations")
    fields = [
        linked("top_up", _("paiement")),
        linked("hold", _("montant bloqué")),
        euros("amount_cents", _("affecté")),
        euros("released_cents", _("rendu au crédit")),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChargeAllocation]:
        return super().get_queryset(request).select_related("top_up", "hold").order_by("pk")


class OriginFilter(Choices):
    title = _("origine")
    parameter_name = "origine"
    choices_offered = TopUpOrigin.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(origin=self.value()) if self.value() else queryset


@admin.register(TopUp)
class TopUpAdmin(BooksAdmin[TopUp]):
    list_display = [
        text("reference", _("référence")),
        linked("user", _("payeur")),
        euros("amount_cents", _("montant")),
        euros("allocated_cents", _("affecté")),
        euros("refunded_cents", _("remboursé")),
        euros("lost_cents", _("perdu")),
        euros("free_cents", _("libre")),
        "status",
        moment("paid_at", _("payé le")),
    ]
    list_filter = ["status", OriginFilter]
    list_select_related = ["user"]
    search_fields = ["reference", "purpose", "user__email", "payment_intent_id", "charge_id", "checkout_id"]
    search_help_text = _("Référence, adresse du payeur, identifiant de Stripe (pi_…, ch_…).")
    ordering = ["-pk"]
    fields = [
        subject("purpose", _("objet")),
        linked("user", _("payeur")),
        "origin",
        "status",
        euros("amount_cents", _("montant")),
        euros("allocated_cents", _("affecté à des réservations")),
        euros("refunded_cents", _("remboursé sur la carte")),
        euros("lost_cents", _("perdu, contestation")),
        euros("free_cents", _("libre, dans le crédit")),
        "card_brand",
        "card_last4",
        "payment_intent_id",
        "charge_id",
        "expires_at",
        "paid_at",
        "given_back",
        "contested",
    ]
    inlines = [AllocationInline]

    @admin.display(description=_("remboursements"))
    def given_back(self, top_up: TopUp) -> str | SafeString:
        rows = [(row_link(refund), refund.get_status_display()) for refund in top_up.refunds.order_by("pk")]
        return format_html_join(", ", "{} ({})", rows) or "–"

    @admin.display(description=_("contestations"))
    def contested(self, top_up: TopUp) -> str | SafeString:
        rows = [(row_link(dispute), dispute.get_status_display()) for dispute in top_up.disputes.order_by("pk")]
        return format_html_join(", ", "{} ({})", rows) or "–"


@admin.register(Hold)
class HoldAdmin(BooksAdmin[Hold]):
    list_display = [
        text("reference", _("référence")),
        "number",
        linked("learner", _("apprenant")),
        euros("amount_cents", _("montant")),
        "status",
        moment("placed_at", _("bloqué le")),
    ]
    list_filter = ["status"]
    list_select_related = ["learner"]
    search_fields = ["reference", "learner__email"]
    ordering = ["-pk"]
    fields = [
        subject("reference", _("objet")),
        "number",
        linked("learner", _("apprenant")),
        euros("amount_cents", _("montant")),
        "status",
        "placed_at",
    ]
    inlines = [AllocationInline]


class RefundFilter(Choices):
    title = _("état")
    parameter_name = "etat"
    choices_offered = RefundStatus.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(Refund)
class RefundAdmin(BooksAdmin[Refund]):
    list_display = [
        text("reference", _("référence")),
        linked("user", _("membre")),
        linked("top_up", _("paiement")),
        euros("amount_cents", _("montant")),
        "status",
        moment("requested_at", _("demandé le")),
        worded("last_error", _("dernière erreur"), error_words),
    ]
    list_filter = [RefundFilter]
    list_select_related = ["user", "top_up"]
    search_fields = ["reference", "refund_id", "user__email", "top_up__charge_id"]
    ordering = ["-pk"]
    fields = [
        linked("user", _("membre")),
        linked("top_up", _("paiement")),
        euros("amount_cents", _("montant")),
        "status",
        "requested_at",
        "attempt",
        "next_attempt_at",
        "refund_id",
        "sent_at",
        "failed_at",
        worded("last_error", _("dernière erreur"), error_words),
        "ledger",
    ]

    @admin.display(description=_("opérations"))
    def ledger(self, refund: Refund) -> str | SafeString:
        return format_html_join(
            ", ", "{}", [(key_link(f"{verb}:{refund.reference}"),) for verb in ("refund", "refund-failed")]
        )


class DisputeFilter(Choices):
    title = _("état")
    parameter_name = "etat"
    choices_offered = DisputeStatus.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(Dispute)
class DisputeAdmin(ShowsProofs[Dispute]):
    """With what answers the bank: the session behind the payment, how long it lasted, the invoice."""

    list_display = [
        "stripe_id",
        linked("top_up__user", _("payeur")),
        euros("amount_cents", _("montant contesté")),
        worded("reason", _("motif de la banque"), dispute_words),
        "status",
        moment("evidence_due_by", _("preuves avant le")),
        moment("opened_at", _("ouverte le")),
    ]
    list_filter = [DisputeFilter]
    list_select_related = ["top_up__user"]
    search_fields = ["stripe_id", "top_up__charge_id", "top_up__purpose", "top_up__user__email"]
    ordering = ["-pk"]
    fields = [
        "status",
        worded("reason", _("motif de la banque"), dispute_words),
        euros("amount_cents", _("montant contesté")),
        euros("fee_cents", _("frais")),
        "evidence",
        "opened_at",
        "closed_at",
        linked("top_up", _("paiement par carte")),
        linked("top_up__user", _("apprenant")),
        "owed",
        "bookings",
        "proofs",
        "settlements",
        "invoices",
        "payouts",
        "ledger",
    ]

    @admin.display(description=_("preuves"))
    def evidence(self, dispute: Dispute) -> str:
        """Until when, and where; Stripe takes them in its own pages only."""
        if dispute.evidence_due_by is None:
            return "–"
        due = house.moment(dispute.evidence_due_by)
        if dispute.status not in {DisputeStatus.INQUIRY, DisputeStatus.OPEN}:
            return _("avant le %(moment)s\u202f; la contestation est close") % {"moment": due}
        return _("à donner dans les pages de Stripe avant le %(moment)s") % {"moment": due}

    @admin.display(description=_("dette de l’apprenant"))
    def owed(self, dispute: Dispute) -> str:
        return format_euros(balance(receivable(dispute.top_up.user)))

    @admin.display(description=_("réservations payées avec"))
    def bookings(self, dispute: Dispute) -> str | SafeString:
        return listed(subject_link(reference) for reference in _references(dispute))

    @admin.display(description=_("preuves\u202f: relevés de session"))
    def proofs(self, dispute: Dispute) -> str | SafeString:
        links = [proof_link(reference) for reference in _references(dispute)]
        return listed(link for link in links if link != "–")

    @admin.display(description=_("preuves\u202f: durée et fin de session"))
    def settlements(self, dispute: Dispute) -> str | SafeString:
        return listed(row_link(row) for row in Settlement.objects.filter(reference__in=_references(dispute)))

    @admin.display(description=_("preuves\u202f: factures"))
    def invoices(self, dispute: Dispute) -> str | SafeString:
        rows = Invoice.objects.without_files().filter(subject__in=_references(dispute)).order_by("pk")
        return listed(row_link(row) for row in rows)

    @admin.display(description=_("virements"))
    def payouts(self, dispute: Dispute) -> str | SafeString:
        rows = Settlement.objects.filter(reference__in=_references(dispute), payout__isnull=False)
        return listed(_payout_link(row.payout) for row in rows.select_related("payout__mentor"))

    @admin.display(description=_("opérations"))
    def ledger(self, dispute: Dispute) -> str | SafeString:
        return key_link(f"dispute:{dispute.stripe_id}")


def _payout_link(payout: Payout) -> SafeString:
    """Which one, how much, whose and where it stands."""
    about = _("%(amount)s à %(name)s, %(state)s") % {
        "amount": format_euros(payout.to_send_cents),
        "name": payout.mentor.get_full_name(),
        "state": payout.get_status_display(),
    }
    return format_html("{} ({})", row_link(payout), about)


def _references(dispute: Dispute) -> list[str]:
    """The bookings this card payment funds."""
    rows = ChargeAllocation.objects.filter(top_up_id=dispute.top_up_id)
    return list(rows.order_by("hold__reference").values_list("hold__reference", flat=True).distinct())
