"""Pages of the team that are no list of rows: « Rapprochement » and « Exports »."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import member_of
from accounts.models import User
from accounts.services import record
from billing.admin.words import account_words
from billing.exports import dac7, ereporting, fec
from billing.gateway import GatewayError
from billing.ledger.accounts import CATALOGUE
from billing.models import LedgerEntry, StripeImport
from billing.models.ledger import Currency, NormalSide
from billing.reconciliation import Check, run_checks
from billing.services import books, movements
from billing.states import CorrectionStatus, DisputeStatus, PayoutStatus, RefundStatus, ReversalStatus
from core import clock
from core.money import format_euros
from core.streaming import download

SEES = "billing.view_ledgertransaction"
READS_STRIPE = "billing.add_stripeimport"
EXPORTS = "billing.export_books"
FIRST_YEAR = 2026

# Whole numbers of these columns are no amounts; those of the next ones are members.
COUNTS = {"number", "attempts", "last number", "invoice", "cents"}
MEMBERS = {"learner", "mentor", "owner"}
STATUS_WORDS = {
    value: label
    for states in (PayoutStatus, RefundStatus, ReversalStatus, DisputeStatus, CorrectionStatus)
    for value, label in states.choices
}


# --- « Rapprochement » ---


@require_http_methods(["GET", "HEAD", "POST"])
def reconciliation_page(request: HttpRequest) -> HttpResponse:
    """Every check with its rows; POST reads Stripe first."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    if request.method == "POST":
        return _read_stripe(request)
    checks = run_checks()
    context = {
        "title": _("Rapprochement"),
        "wrong": [_shown(check) for check in checks if check.rows],
        "checked": len(checks),
        "sound": [str(check.title or check.name) for check in checks if not check.rows],
        "last_reading": StripeImport.objects.order_by("until").last(),
        "may_read": request.user.has_perm(READS_STRIPE),
        "totals": totals(),
    }
    return render(request, "admin/billing/reconciliation.html", admin.site.each_context(request) | context)


def _read_stripe(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(READS_STRIPE):
        raise PermissionDenied
    try:
        found = movements.read_movements()
    except GatewayError:
        messages.error(request, _("Stripe ne répond pas pour le moment. Réessayez dans un instant."))
    else:
        said = _("Stripe a été relu\u202f: %(count)s nouvelles lignes.") % {"count": found.movements}
        record(actor=member_of(request), action="billing.stripe_read", reference=f"import:{found.pk}", reason=said)
        messages.success(request, said)
        books.control()
    return redirect("admin:billing_reconciliation")


def _shown(check: Check) -> dict[str, object]:
    """Its rows in words."""
    names = _names(check)
    rows = [
        [_cell(column, value, names) for column, value in zip(check.columns, row, strict=True)] for row in check.rows
    ]
    return {"title": str(check.title or check.name), "headings": check.headings, "rows": rows}


def _names(check: Check) -> dict[object, str]:
    """The members in the rows of a check, by number."""
    places = [place for place, column in enumerate(check.columns) if column in MEMBERS]
    numbers = {number for row in check.rows for place in places if isinstance(number := row[place], int)}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=numbers)}


def _cell(column: str, value: object, names: dict[object, str]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if column in MEMBERS:
        return names.get(value, str(value))
    if column == "status":
        return str(STATUS_WORDS.get(str(value), value))
    if column == "code":
        return account_words(str(value))
    is_amount = not isinstance(value, str) and column not in COUNTS
    return format_euros(int(str(value))) if is_amount else str(value)


@dataclass(frozen=True)
class Total:
    """One account of the catalogue: everything ever debited and credited, and what is left in its normal side."""

    code: str
    words: str
    debit_cents: int
    credit_cents: int
    balance_cents: int


def totals() -> dict[str, object]:
    """The euro accounts, and the proof: what was debited is what was credited."""
    euros = LedgerEntry.objects.filter(account__currency=Currency.EUR)
    sums = euros.values("account__code").annotate(
        debit=Sum("amount", filter=Q(amount__gt=0), default=0), credit=Sum("amount", filter=Q(amount__lt=0), default=0)
    )
    by_code = {row["account__code"]: (row["debit"], -row["credit"]) for row in sums.order_by()}
    rows = [_total(code, *by_code[code]) for code in CATALOGUE if code in by_code]
    debit, credit = sum(row.debit_cents for row in rows), sum(row.credit_cents for row in rows)
    return {"rows": rows, "debit_cents": debit, "credit_cents": credit, "difference_cents": debit - credit}


def _total(code: str, debit: int, credit: int) -> Total:
    left = debit - credit if CATALOGUE[code].normal == NormalSide.DEBIT else credit - debit
    return Total(code, account_words(code), debit, credit, left)


# --- « Exports » ---


class YearForm(forms.Form):
    year = forms.IntegerField(
        label=gettext_lazy("Année"),
        min_value=FIRST_YEAR,
        widget=forms.NumberInput(attrs={"min": FIRST_YEAR}),
        error_messages={"min_value": gettext_lazy("Il n’y a rien avant 2026.")},
    )

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > timezone.localtime(clock.now()).year:
            raise forms.ValidationError(_("Cette année n’a pas commencé."))
        return year


class MonthForm(YearForm):
    month = forms.IntegerField(label=gettext_lazy("Mois, de 1 à 12"), min_value=1, max_value=12)
    mentor = forms.CharField(
        label=gettext_lazy("Mentor"),
        required=False,
        help_text=gettext_lazy("Son adresse e-mail. Vide\u202f: tous les mentors, les uns après les autres."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    field_order = ["year", "month", "mentor"]

    def clean_mentor(self) -> User | None:
        address = self.cleaned_data["mentor"]
        if not address:
            return None
        found = User.objects.filter(email__iexact=address).first()
        if found is None:
            raise forms.ValidationError(_("Aucun membre n’a cette adresse."))
        return found


@dataclass(frozen=True)
class Export:
    """One file the team can ask for. `write` and `name` take what the form holds."""

    slug: str
    title: Any
    explanation: Any
    form: type[YearForm]
    write: Callable[..., Iterator[bytes]]
    name: Callable[..., str]
    kind: str


FILES = (
    Export(
        slug="e-reporting",
        title=gettext_lazy("E-reporting du mois"),
        explanation=gettext_lazy(
            "Ventes des mentors par jour et par taux, et sommes reçues (flux 10.1 à 10.4). Les ventes à des "
            "entreprises françaises et les activités exonérées y sont signalées hors flux. Codes à confirmer par le "
            "comptable."
        ),
        form=MonthForm,
        write=lambda data: ereporting.write(year=data["year"], month=data["month"], mentor=data["mentor"]),
        name=lambda data: ereporting.filename(data["year"], data["month"]),
        kind="text/csv",
    ),
    Export(
        slug="dac7",
        title=gettext_lazy("DAC7 de l’année"),
        explanation=gettext_lazy(
            "Par mentor et par trimestre\u202f: identité, opérations, contrepartie créditée et commission retenue. "
            "Personne n’est laissé de côté\u202f: le seuil de 30 opérations et 2\u202f000\u00a0€ n’est qu’indiqué."
        ),
        form=YearForm,
        write=lambda data: dac7.write(year=data["year"]),
        name=lambda data: dac7.filename(data["year"]),
        kind="text/csv",
    ),
    Export(
        slug="fec",
        title=gettext_lazy("Fichier des écritures comptables (FEC)"),
        explanation=gettext_lazy(
            "Le grand livre de l’année en 18 colonnes (LPF, art. A47 A-1), avec les à-nouveaux. Le comptable y joint "
            "les autres livres de la plateforme et confirme les numéros de compte."
        ),
        form=YearForm,
        write=lambda data: fec.write(year=data["year"]),
        name=lambda data: fec.filename(data["year"]),
        kind="text/plain",
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest) -> HttpResponseBase:
    """A file leaves a line in the team's trace: it is asked for with POST."""
    if not request.user.has_perm(EXPORTS):
        raise PermissionDenied
    asked = request.POST.get("export", "")
    shown = []
    for export in FILES:
        form = _form(export, request.POST if asked == export.slug else None)
        if asked == export.slug and form.is_valid():
            return _file(request, export, form.cleaned_data)
        shown.append((export, form))
    context = {"title": _("Exports"), "exports": shown}
    return render(request, "admin/billing/exports.html", admin.site.each_context(request) | context)


def _form(export: Export, sent: Any) -> YearForm:
    today = timezone.localtime(clock.now())
    initial = {"year": today.year, "month": today.month}
    return export.form(sent, prefix=export.slug, initial=initial)


def _file(request: HttpRequest, export: Export, data: dict[str, Any]) -> HttpResponseBase:
    name = export.name(data)
    mentor = data.get("mentor")
    reason = f"{export.title}, {mentor.email}" if mentor else str(export.title)
    record(actor=member_of(request), action="billing.books_exported", reference=f"export:{name}", reason=reason)
    return download(request, filename=name, chunks=export.write(data), kind=export.kind)
