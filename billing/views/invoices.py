"""« Factures »: received, issued in my name, and the files."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from billing import selectors

PER_PAGE = 25
RECEIVED = "recues"


def _tabs(*, shows_issued: bool) -> list[dict[str, object]]:
    address = reverse("billing:invoices")
    return [
        {"label": _("Émises en mon nom"), "href": address, "current": shows_issued},
        {"label": _("Reçues"), "href": f"{address}?onglet={RECEIVED}", "current": not shows_issued},
    ]


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    issued = selectors.invoices_issued(request.user)
    has_issued = issued.exists()
    shows_issued = has_issued and request.GET.get("onglet") != RECEIVED
    rows = issued if shows_issued else selectors.invoices_received(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "has_issued": has_issued,
        "shows_issued": shows_issued,
        "tabs": _tabs(shows_issued=shows_issued),
        "query": "" if shows_issued else f"onglet={RECEIVED}",
    }
    return render(request, "billing/invoices.html", context)


@login_required
@require_safe
def pdf(request: SignedInRequest, reference: str) -> HttpResponse:
    """The stored bytes, or a page saying that they are being made."""
    invoice = selectors.get_invoice_for(request.user, reference)
    if invoice.pdf is None:
        trail = [(_("Factures"), reverse("billing:invoices"))]
        context = {"invoice": invoice, "trail": trail}
        return render(request, "billing/invoice_pending.html", context, status=HTTPStatus.ACCEPTED)
    return HttpResponse(
        bytes(invoice.pdf),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="Facture {invoice.full_number}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
