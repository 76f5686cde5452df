"""« Relevé »: a month or a year of a mentor's money, to print or to give to an accountant."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from billing import mentor_statement
from billing.mentor_statement import SOCIAL_PAGE, TAX_PAGE, MentorStatement, Period
from billing.models import BillingProfile
from billing.spreadsheets import Cell, amount, day, plain, spreadsheet
from core import clock


def _asked(period: str) -> Period:
    found = mentor_statement.read_period(period, now=clock.now())
    if found is None:
        raise Http404
    return found


def _tab(period: Period, chosen: Period) -> dict[str, object]:
    words = date_format(period.first_day, "F").capitalize() if period.month else str(period.year)
    href = reverse("billing:statement", args=[period.code])
    return {"label": words, "href": href, "current": period == chosen}


@login_required
@require_safe
def statement(request: SignedInRequest, period: str) -> HttpResponse:
    chosen, now = _asked(period), clock.now()
    periods = mentor_statement.periods_of(request.user, now=now)
    context = {
        "statement": mentor_statement.statement_of(request.user, chosen),
        "period": chosen,
        "is_over": chosen.is_over(now),
        "made_at": now,
        "years": [_tab(found, chosen) for found in periods if not found.month],
        "months": [_tab(found, chosen) for found in reversed(periods) if found.month and found.year == chosen.year],
        "profile": BillingProfile.objects.filter(user=request.user).first(),
        "tax_page": TAX_PAGE,
        "social_page": SOCIAL_PAGE,
        "trail": [(_("Revenus"), reverse("billing:earnings"))],
    }
    # Days and months are those of the books, wherever the mentor is.
    with timezone.override(settings.TIME_ZONE):
        return render(request, "billing/statement.html", context)


@login_required
@require_safe
def export(request: SignedInRequest, period: str) -> HttpResponse:
    """Every line that changed what is to come, with what it says for the books. The last column adds up."""
    chosen = _asked(period)
    found = mentor_statement.statement_of(request.user, chosen)
    head = [
        _("Date"),
        _("Opération"),
        _("Apprenant"),
        _("Session"),
        _("Chiffre d’affaires TTC"),
        _("dont TVA"),
        _("Commission"),
        _("Change le montant à recevoir"),
    ]
    with timezone.override(settings.TIME_ZONE):
        return spreadsheet(f"releve-{chosen.code}.csv", head, list(_rows(found)))


def _rows(found: MentorStatement) -> Iterator[list[Cell]]:
    start = found.period.first_day.isoformat()
    yield [start, _("À recevoir au début"), "", "", "", "", "", amount(found.opening_cents)]
    yield from sorted(_operations(found), key=lambda row: str(row[0]))
    yield ["", _("À recevoir à la fin"), "", "", "", "", "", amount(found.closing_cents)]


def _operations(found: MentorStatement) -> Iterator[list[Cell]]:
    for line in found.sessions:
        row = line.settlement
        who = [plain(row.learner.get_full_name()), plain(row.label)]
        money = [amount(row.charged_cents), amount(row.vat_cents), amount(row.commission_cents), amount(row.net_cents)]
        yield [day(row.settled_at), _("Session"), *who, *money]
    for back in found.adjustments:
        row = back.settlement
        who = [plain(row.learner.get_full_name()), plain(row.label)]
        cents = (back.amount_cents, back.vat_cents, back.commission_cents, back.net_cents)
        yield [day(back.decided_at), _("Rendu à l’apprenant"), *who, *(amount(-value) for value in cents)]
    for sending in found.sendings:
        about = sending.payout.settlement if sending.payout else None
        who = [plain(about.learner.get_full_name()), plain(about.label)] if about else ["", ""]
        yield [day(sending.at), sending.words, *who, "", "", "", amount(sending.change_cents)]
    for other in found.other_lines:
        yield [found.period.code, str(other.reason), "", "", "", "", "", amount(other.cents)]
