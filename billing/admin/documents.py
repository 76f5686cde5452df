"""Invoices, credit notes and the platform's own documents: whether their file is made, and the file."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from billing.admin.base import (
    BooksAdmin,
    StaffAction,
    Words,
    euros,
    linked,
    moment,
    reference_link,
    subject,
    worded,
)
from billing.admin.words import error_words
from billing.errors import NothingToRetry, NotPossible
from billing.models import Invoice
from billing.services.invoices import render_now
from core.filters import Choices


class FileFilter(Choices):
    title = _("fichier")
    parameter_name = "fichier"
    choices_offered = [("attendu", _("Pas encore produit")), ("erreur", _("En erreur")), ("produit", _("Produit"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {
            "attendu": Q(rendered_at__isnull=True),
            "erreur": Q(rendered_at__isnull=True) & ~Q(last_error=""),
            "produit": Q(rendered_at__isnull=False),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


def _render(invoice: Invoice, _by: User, _reason: str) -> None:
    if invoice.is_ready:
        raise NothingToRetry
    if not render_now(invoice=invoice):
        raise NotPossible(_("Le fichier n’a pas pu être produit. L’erreur est sur la page du document."))


@admin.register(Invoice)
class InvoiceAdmin(BooksAdmin[Invoice]):
    staff_actions = (
        StaffAction(
            slug="fichier",
            label=_("Produire le fichier"),
            explanation=_("Le fichier est produit à partir du contenu figé à l’émission\u202f: rien n’y change."),
            done=_("Le fichier est produit."),
            permission="billing.change_invoice",
            trace="billing.invoice_retried",
            act=_render,
            is_offered=lambda invoice: not invoice.is_ready,
            is_atomic=False,
        ),
    )
    list_display = [
        "full_number",
        "kind",
        linked("issuer", _("émetteur")),
        linked("recipient", _("destinataire")),
        euros("total_cents", _("total TTC")),
        moment("issued_at", _("émise le")),
        "file_state",
        reference_link("subject", _("objet")),
    ]
    list_filter = ["kind", FileFilter]
    list_select_related = ["issuer", "recipient"]
    search_fields = ["full_number", "subject", "issuer__email", "recipient__email"]
    ordering = ["-pk"]
    fields = [
        "kind",
        subject("subject", _("objet")),
        linked("issuer", _("émetteur")),
        linked("recipient", _("destinataire")),
        euros("total_cents", _("total TTC")),
        "issued_at",
        linked("corrects", _("corrige")),
        linked("adjustment", _("régularisation")),
        "file_state",
        "attempts",
        "next_render_at",
        worded("last_error", _("dernière erreur"), error_words),
        "pdf_sha256",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).defer("pdf")

    @admin.display(description=_("fichier"), ordering="rendered_at")
    def file_state(self, invoice: Invoice) -> str:
        if invoice.is_ready:
            return str(_("produit"))
        return str(_("en erreur") if invoice.last_error else _("en cours"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.pdf))
        return [path("<int:pk>/pdf/", view, name=f"{self.address}_pdf"), *super().get_urls()]

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored bytes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = Invoice.objects.filter(pk=pk, rendered_at__isnull=False).first()
        if invoice is None or invoice.pdf is None:
            raise Http404
        headers = {
            "Content-Disposition": f'inline; filename="{invoice.full_number}.pdf"',
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(bytes(invoice.pdf), content_type="application/pdf", headers=headers)

    def tools(self, request: HttpRequest, target: Invoice) -> list[tuple[Words, str]]:
        tools = super().tools(request, target)
        if target.is_ready:
            tools.append((_("Voir le PDF"), reverse(f"admin:{self.address}_pdf", args=[target.pk])))
        return tools
