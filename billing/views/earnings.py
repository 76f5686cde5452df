"""« Revenus »: each paid session, what was kept, when the net leaves."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from billing import statements
from billing.models import BillingProfile, ConnectedAccount, Settlement
from billing.spreadsheets import Cell, amount, day, plain, spreadsheet
from billing.states import VatRegime
from core import clock

PER_PAGE = 25
DEFAULT_PERIOD = "annee"
PERIODS = {
    "mois": gettext_lazy("Ce mois-ci"),
    "trimestre": gettext_lazy("Les trois derniers mois"),
    "annee": gettext_lazy("Cette année"),
    "tout": gettext_lazy("Depuis le début"),
}


def _period(request: SignedInRequest) -> str:
    asked = request.GET.get("periode", "")
    return asked if asked in PERIODS else DEFAULT_PERIOD


def _since(period: str, now: datetime) -> datetime | None:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = {
        "mois": today.replace(day=1),
        "trimestre": today - timedelta(days=91),
        "annee": today.replace(month=1, day=1),
    }
    return starts.get(period)


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    now = clock.now()
    period = _period(request)
    rows = statements.settlements_of(request.user, since=_since(period, now))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": statements.earnings(page.object_list),
        "totals": statements.totals(rows),
        "summary": statements.summary(request.user, now=now),
        "account": ConnectedAccount.objects.filter(user=request.user).first(),
        "is_vat_registered": BillingProfile.objects.filter(user=request.user, vat_regime=VatRegime.REGISTERED).exists(),
        "period": period,
        "periods": PERIODS,
        "query": f"periode={period}",
    }
    return render(request, "billing/earnings.html", context)


@login_required
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """The same sessions for a spreadsheet; amounts with a decimal comma, as French spreadsheets read them."""
    rows = statements.settlements_of(request.user, since=_since(_period(request), clock.now()))
    head = [
        _("Date"),
        _("Apprenant"),
        _("Session"),
        _("Secondes payées"),
        _("Payé par l’apprenant"),
        _("Commission"),
        _("Net"),
        _("dont TVA à reverser"),
        _("Virement"),
        _("Envoyé le"),
    ]
    return spreadsheet("revenus.csv", head, (_csv_row(row) for row in rows.iterator(chunk_size=500)))


def _csv_row(row: Settlement) -> list[Cell]:
    payout = row.payout
    return [
        day(row.settled_at),
        plain(row.learner.get_full_name()),
        plain(row.label),
        row.billed_seconds,
        amount(row.charged_cents),
        amount(-row.commission_cents),
        amount(row.net_cents),
        amount(row.vat_cents),
        payout.get_status_display(),
        day(payout.paid_at),
    ]
