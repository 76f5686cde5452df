"""« Revenus »: each paid session, what was kept, when the net leaves; and the way of one payout."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from billing import earnings, payout_story
from billing.earnings import Earning
from billing.models import BillingProfile, ConnectedAccount, Settlement
from billing.services import account_news
from billing.spreadsheets import Cell, amount, day, plain, spreadsheet
from billing.states import VatRegime
from core import clock, references

PER_PAGE = 25
DEFAULT_PERIOD = "annee"
PERIODS = {
    "mois": gettext_lazy("Ce mois-ci"),
    "trimestre": gettext_lazy("Les trois derniers mois"),
    "annee": gettext_lazy("Cette année"),
    "tout": gettext_lazy("Depuis le début"),
}
GROUPS = {
    "": gettext_lazy("Tous les virements"),
    "a-virer": gettext_lazy("À virer"),
    "suspendus": gettext_lazy("Suspendus"),
    "vires": gettext_lazy("Virés"),
    "a-suivre": gettext_lazy("Échoués ou annulés"),
}
BATCH = 200


def _period(request: SignedInRequest) -> str:
    asked = request.GET.get("periode", "")
    return asked if asked in PERIODS else DEFAULT_PERIOD


def _group(request: SignedInRequest) -> str:
    asked = request.GET.get("etat", "")
    return asked if asked in GROUPS else ""


def _since(period: str, now: datetime) -> datetime | None:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = {
        "mois": today.replace(day=1),
        "trimestre": today - timedelta(days=91),
        "annee": today.replace(month=1, day=1),
    }
    return starts.get(period)


def _chosen(request: SignedInRequest, now: datetime) -> QuerySet[Settlement]:
    return earnings.settlements_of(request.user, since=_since(_period(request), now), group=_group(request))


def _account(mentor: User, now: datetime) -> dict[str, object]:
    """Whether his payouts can leave, and what waits when they cannot."""
    account = ConnectedAccount.objects.filter(user=mentor).first()
    stuck = account is not None and not account.is_payable
    return {"account": account, "waiting_cents": account_news.waiting_cents(mentor, now=now) if stuck else 0}


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    now = clock.now()
    period, group = _period(request), _group(request)
    rows = _chosen(request, now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": earnings.earnings(page.object_list),
        "totals": earnings.totals(rows),
        "has_earned": bool(page.object_list) or earnings.settlements_of(request.user).exists(),
        "summary": earnings.summary(request.user, now=now),
        **_account(request.user, now),
        "is_vat_registered": BillingProfile.objects.filter(user=request.user, vat_regime=VatRegime.REGISTERED).exists(),
        "period": period,
        "periods": PERIODS,
        "group": group,
        "groups": GROUPS,
        "group_words": GROUPS[group],
        "year": timezone.localtime(now).year,
        "query": f"periode={period}&etat={group}",
    }
    return render(request, "billing/earnings.html", context)


@login_required
@require_safe
def detail(request: SignedInRequest, reference: str) -> HttpResponse:
    """The way of one session's money, for its mentor."""
    payout = payout_story.get_payout_for(request.user, reference)
    (line,) = earnings.earnings([payout.settlement])
    documents = payout_story.documents_of(payout)
    context = {
        "payout": payout,
        "line": line,
        "documents": documents,
        "session": references.describe(payout.settlement.reference),
        "steps": payout_story.story(payout, documents, sent_before=line.sent_before),
        "trail": [(_("Revenus"), reverse("billing:earnings"))],
    }
    return render(request, "billing/earnings_payout.html", context)


@login_required
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """The same sessions for a spreadsheet; amounts with a decimal comma, as French spreadsheets read them."""
    head = [
        _("Date"),
        _("Apprenant"),
        _("Session"),
        _("Secondes payées"),
        _("Payé par l’apprenant"),
        _("Rendu à l’apprenant"),
        _("Commission"),
        _("Net"),
        _("dont TVA à reverser"),
        _("Compensé avec une dette"),
        _("Virement"),
        _("Envoyé le"),
    ]
    rows = list(_chosen(request, clock.now()))
    batches = (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
    cells = (_cells(line) for batch in batches for line in earnings.earnings(batch))
    return spreadsheet("revenus.csv", head, cells)


def _cells(line: Earning) -> list[Cell]:
    row, payout = line.settlement, line.payout
    return [
        day(row.settled_at),
        plain(row.learner.get_full_name()),
        plain(row.label),
        row.billed_seconds,
        amount(row.charged_cents),
        amount(-line.given_back_cents),
        amount(-line.commission_cents),
        amount(line.net_cents),
        amount(line.vat_cents),
        amount(payout.set_off_cents),
        payout.get_status_display(),
        day(payout.paid_at),
    ]
