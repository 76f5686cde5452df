"""Corrections of the books: one person proposes, another reads the balances and decides."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.http import member_of
from accounts.models import User
from billing.admin.base import BooksAdmin, StaffAction, Words, euros, linked, moment, text, worded
from billing.admin.words import account_words
from billing.errors import BillingError
from billing.forms import EurosField
from billing.models import Correction
from billing.services import corrections
from billing.services.corrections import PLATFORM_CODES, SHORTEST_REASON, Proposal
from billing.states import CorrectionKind, CorrectionStatus
from core.filters import QueueFilter
from core.identifiers import LENGTH, new_reference

DECIDES = "billing.approve_correction"
LARGEST_CENTS = 100_000_00
NO_ACCOUNT = ("", _("Aucun"))


class ProposalForm(forms.Form):
    kind = forms.ChoiceField(label=_("Nature"), choices=CorrectionKind.choices)
    member = forms.CharField(
        label=_("Membre"),
        required=False,
        help_text=_("Son adresse e-mail. Vide pour une écriture entre comptes de la plateforme."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "size": 40}),
    )
    amount = EurosField(
        label=_("Montant, en euros"),
        widget=forms.TextInput(attrs={"size": 12}),
        error_messages={"invalid": _("Écrivez un nombre, par exemple 12,50.")},
    )
    debit_code = forms.ChoiceField(label=_("Compte débité"), required=False)
    credit_code = forms.ChoiceField(label=_("Compte crédité"), required=False)
    reason = forms.CharField(
        label=_("Raison"),
        min_length=SHORTEST_REASON,
        max_length=500,
        help_text=_("Au moins 10 caractères. La personne qui décide la lit, et elle reste dans la trace de l’équipe."),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )
    # The same form sent twice is one proposal.
    reference = forms.CharField(min_length=LENGTH, max_length=LENGTH, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = [NO_ACCOUNT, *((code, f"{account_words(code)} ({code})") for code in PLATFORM_CODES)]
        for name in ("debit_code", "credit_code"):
            self.fields[name].choices = accounts  # type: ignore[attr-defined]  # a ChoiceField
            self.fields[name].help_text = _("Pour une écriture entre comptes de la plateforme seulement.")

    def clean_amount(self) -> int:
        cents: int = self.cleaned_data["amount"]
        if cents < 1:
            raise forms.ValidationError(_("Indiquez au moins 0,01\u00a0€."), code="min_value")
        if cents > LARGEST_CENTS:
            raise forms.ValidationError(_("Indiquez au plus 100\u202f000\u00a0€."), code="max_value")
        return cents

    def clean_member(self) -> User | None:
        address = self.cleaned_data["member"]
        if not address:
            return None
        found = User.objects.filter(email__iexact=address).first()
        if found is None:
            raise forms.ValidationError(_("Aucun membre n’a cette adresse."))
        return found

    def proposal(self) -> Proposal:
        data = self.cleaned_data
        return Proposal(
            kind=CorrectionKind(data["kind"]),
            amount_cents=data["amount"],
            reason=data["reason"],
            member=data["member"],
            debit_code=data["debit_code"],
            credit_code=data["credit_code"],
        )


class StatusFilter(QueueFilter):
    waiting = CorrectionStatus.PROPOSED.value
    choices_offered = [
        (waiting, _("À valider")),
        (CorrectionStatus.APPROVED.value, _("Validées")),
        (CorrectionStatus.REFUSED.value, _("Refusées")),
    ]


def _approve(correction: Correction, by: User, reason: str) -> None:
    corrections.approve(correction=correction, by=by, note=reason)


def _refuse(correction: Correction, by: User, reason: str) -> None:
    corrections.refuse(correction=correction, by=by, note=reason)


def _is_open(correction: Correction) -> bool:
    return correction.status == CorrectionStatus.PROPOSED


@admin.register(Correction)
class CorrectionAdmin(BooksAdmin[Correction]):
    staff_actions = (
        StaffAction(
            slug="accord",
            label=_("Valider"),
            explanation=_(
                "L’écriture est passée tout de suite. Rien ne l’efface\u202f: seule une autre correction la compense."
            ),
            done=_("La correction est validée et l’écriture est passée."),
            permission=DECIDES,
            trace="",
            act=_approve,
            is_offered=_is_open,
        ),
        StaffAction(
            slug="refus",
            label=_("Refuser"),
            explanation=_("Aucune écriture n’est passée."),
            done=_("La correction est refusée."),
            permission=DECIDES,
            trace="",
            act=_refuse,
            is_offered=_is_open,
        ),
    )
    list_display = [
        text("reference", _("référence")),
        "kind",
        linked("member", _("membre")),
        euros("amount_cents", _("montant")),
        "reason",
        "status",
        linked("proposed_by", _("proposée par")),
        moment("proposed_at", _("proposée le")),
    ]
    list_filter = [StatusFilter]
    list_select_related = ["member", "proposed_by"]
    search_fields = ["reference", "reason", "member__email"]
    ordering = ["-pk"]
    fields = [
        "kind",
        linked("member", _("membre")),
        worded("debit_code", _("compte débité"), account_words),
        worded("credit_code", _("compte crédité"), account_words),
        euros("amount_cents", _("montant")),
        "reason",
        "status",
        linked("proposed_by", _("proposée par")),
        "proposed_at",
        linked("decided_by", _("décidée par")),
        "decided_at",
        "decision_note",
    ]
    # Adding is proposing, for who has Django's own permission to add.
    has_add_permission = admin.ModelAdmin.has_add_permission  # type: ignore[assignment]  # as before the mixin

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ProposalForm(request.POST or None, initial={"reference": new_reference()})
        if request.method == "POST" and form.is_valid():
            try:
                proposed = corrections.propose(
                    by=member_of(request), proposal=form.proposal(), reference=form.cleaned_data["reference"]
                )
            except BillingError as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(
                    request, _("La correction attend la décision d’une autre personne."), messages.SUCCESS
                )
                return redirect(f"admin:{self.address}_change", proposed.pk)
        context = {"title": _("Proposer une correction"), "form": form, "opts": self.opts}
        return render(request, "admin/billing/proposal.html", self.admin_site.each_context(request) | context)

    def tools(self, request: HttpRequest, target: Correction) -> list[tuple[Words, str]]:
        """Nobody decides on his own proposal."""
        return [] if target.proposed_by_id == request.user.pk else super().tools(request, target)

    def shown_before(self, target: Correction) -> dict[str, Any]:
        return {"correction": target, "effects": effects_of(target) if _is_open(target) else []}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        correction = self.get_object(request, object_id)
        shown = self.shown_before(correction) if correction else {}
        shown |= {"is_own": correction is not None and correction.proposed_by_id == request.user.pk}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | shown)


def effects_of(correction: Correction) -> list[dict[str, object]]:
    """What would be posted, account by account, for the page."""
    return [
        {
            "account": account_words(effect.account.code),
            "owner": effect.account.owner,
            "debit_cents": effect.debit_cents or None,
            "credit_cents": effect.credit_cents or None,
            "before_cents": effect.before_cents,
            "after_cents": effect.after_cents,
        }
        for effect in corrections.effects(correction)
    ]
