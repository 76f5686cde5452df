"""« Factures »: received, issued in my name, commissions; their files, and a year of them in one."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from billing import archives, documents, selectors
from billing.documents import Side, Year
from billing.spreadsheets import spreadsheet
from core.streaming import download

PER_PAGE = 25


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    sides, years = documents.sides_of(request.user), documents.years_of(request.user)
    side = _side(request, sides)
    year = _year(request, years)
    rows = documents.with_corrections(documents.documents_of(request.user, side, year))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = f"annee={year}" if year else ""
    context = {
        "page": page,
        "documents": documents.listed(page.object_list, side),
        "side": side,
        "sides": sides,
        "tabs": _tabs(sides, side, query),
        "years": years,
        "year": year,
        "query": f"onglet={side}&{query}".strip("&"),
    }
    return render(request, "billing/invoices.html", context)


def _side(request: SignedInRequest, sides: list[Side]) -> Side:
    asked = request.GET.get("onglet", "")
    return next((side for side in sides if side == asked), sides[0] if sides else Side.RECEIVED)


def _year(request: SignedInRequest, years: list[Year]) -> int | None:
    asked = request.GET.get("annee", "")
    return next((year.number for year in years if str(year.number) == asked), None)


def _tabs(sides: list[Side], current: Side, query: str) -> list[dict[str, object]]:
    address = reverse("billing:invoices")
    return [
        {"label": side.label, "href": f"{address}?onglet={side}&{query}".rstrip("&"), "current": side == current}
        for side in sides
    ]


@login_required
@require_safe
def pdf(request: SignedInRequest, reference: str) -> HttpResponse:
    """The stored bytes, or a page saying that they are being made."""
    invoice = selectors.get_invoice_for(request.user, reference)
    if invoice.pdf is None:
        trail = [(_("Factures"), reverse("billing:invoices"))]
        context = {"invoice": invoice, "title": documents.title_of(invoice), "trail": trail}
        return render(request, "billing/invoice_pending.html", context, status=HTTPStatus.ACCEPTED)
    return HttpResponse(
        bytes(invoice.pdf),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{documents.file_name(invoice)}"',
            "Cache-Control": "private, no-store",
        },
    )


@login_required
@require_safe
def table(request: SignedInRequest, year: int) -> HttpResponse:
    _check(request, year)
    rows = [archives.line(document) for document in documents.of_year(request.user, year)]
    return spreadsheet(archives.table_name(year), [str(name) for name in archives.head()], rows)


@login_required
@require_safe
def archive(request: SignedInRequest, year: int) -> HttpResponseBase:
    """Sent while it is made, so that it can be of any size."""
    _check(request, year)
    chunks = archives.zip_of_year(request.user, year, language=get_language() or "fr")
    return download(request, filename=f"factures-{year}.zip", chunks=chunks, kind="application/zip")


def _check(request: SignedInRequest, year: int) -> None:
    """A member's own years only: another has nothing to give."""
    if all(found.number != year for found in documents.years_of(request.user)):
        raise Http404
