"""« Crédit »: what a member may use, what is blocked, what he owes, and every operation with its reason."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from billing import operations, selectors
from billing.errors import BillingError
from billing.forms import DebtForm, RefundForm, TopUpForm
from billing.gateway import GatewayError
from billing.models import TopUp
from billing.services import credit
from billing.services.debts import freeze_of
from billing.services.payments import refresh
from billing.services.refunds import request_refund
from billing.spreadsheets import Cell, amount, plain, spreadsheet
from billing.states import DEBT_PURPOSE, TopUpStatus
from core.errors import DomainError
from core.money import format_euros

log = logging.getLogger(__name__)

PER_PAGE = 25
SECONDS_BETWEEN_LOOKS = 4
# In whole euros, a button each.
PRESETS = (20, 50, 100)


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    return _page(request, _top_up_form(request.user))


def _top_up_form(user: User, data: Any = None) -> TopUpForm:
    most = None if settings.CREDIT_TOPUP_MODE == credit.SHORTFALL else credit.most_to_add(user)
    return TopUpForm(data, most_cents=most)


def _page(request: SignedInRequest, form: TopUpForm) -> HttpResponse:
    user = request.user
    page = Paginator(operations.transactions_of(user), PER_PAGE).get_page(request.GET.get("page"))
    most = credit.most_to_add(user)
    freeze = freeze_of(user)
    context = {
        "credit": selectors.credit_of(user),
        "blocked": selectors.blocked_amounts(user),
        "refundable_cents": selectors.refundable_cents(user),
        "freeze": freeze,
        "contested": selectors.contested_payments(user) if freeze else [],
        "debt_cents": credit.debt_to_pay(user) if freeze and freeze.can_repay else 0,
        "open_payment": selectors.open_credit_payment(user),
        "form": form,
        "most_cents": most,
        "presets": [euros for euros in PRESETS if euros * 100 <= most],
        "cap_cents": settings.CREDIT_MAX_BALANCE_CENTS if settings.CREDIT_TOPUP_MODE == credit.CAPPED else None,
        "adds_credit": settings.CREDIT_TOPUP_MODE != credit.SHORTFALL,
        "page": page,
        "lines": operations.operations(user, list(page.object_list)),
    }
    return render(request, "billing/credit.html", context)


# --- paying in ---


@login_required
@require_POST
def top_up(request: SignedInRequest) -> HttpResponse:
    """To Stripe's page, with the amount typed or chosen."""
    form = _top_up_form(request.user, request.POST)
    if form.is_valid():
        try:
            started = credit.start_credit_top_up(user=request.user, amount_cents=form.cleaned_data["montant"])
        except BillingError as error:
            form.add_error("montant", str(error.user_message))
        else:
            return redirect(started.checkout_url or "billing:credit")
    return _page(request, form)


@login_required
@require_POST
def debt(request: SignedInRequest) -> HttpResponse:
    """« Régler ce que je dois »: to Stripe's page, with exactly that."""
    form = DebtForm(request.POST)
    shown = form.cleaned_data["shown_cents"] if form.is_valid() else 0
    try:
        started = credit.start_debt_payment(user=request.user, shown_cents=shown)
    except BillingError as error:
        messages.error(request, str(error.user_message))
        return redirect("billing:credit")
    return redirect(started.checkout_url or "billing:credit")


@login_required
@require_safe
def payment(request: SignedInRequest, reference: str) -> HttpResponse:
    """Where Stripe sends the payer back. What happened is read from Stripe, never from the address."""
    top_up = _read_again(selectors.get_credit_payment_for(request.user, reference))
    if top_up.status == TopUpStatus.PAID:
        messages.success(request, _paid_words(top_up))
        return redirect("billing:credit")
    if top_up.status != TopUpStatus.OPEN:
        messages.error(request, _("Le paiement n’a pas été fait. Rien n’a été débité."))
        return redirect("billing:credit")
    response = render(request, "billing/credit_payment.html", {"top_up": top_up})
    # The page looks again by itself, with or without script.
    response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def _read_again(top_up: TopUp) -> TopUp:
    try:
        return refresh(top_up)
    except GatewayError as error:
        log.warning("payment %s is not known yet: %s", top_up, error)
        return top_up


def _paid_words(top_up: TopUp) -> str:
    words = (
        _("Paiement reçu\u202f: %(amount)s ont réglé ce que vous deviez.")
        if top_up.purpose == DEBT_PURPOSE
        else _("Paiement reçu\u202f: %(amount)s ont été ajoutés à votre crédit.")
    )
    return words % {"amount": format_euros(top_up.amount_cents)}


# --- giving back ---


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: SignedInRequest) -> HttpResponse:
    """« Me faire rembourser »: the amount, then which cards get what, then yes."""
    most = selectors.refundable_cents(request.user)
    if request.method == "POST":
        form = RefundForm(request.POST, most_cents=most)
        if form.is_valid() and _is_refunded(request, form):
            return redirect("billing:credit")
    else:
        given = request.GET if "montant" in request.GET else None
        form = RefundForm(given, most_cents=most, initial={"montant": amount(most)})
    chosen = form.cleaned_data["montant"] if form.is_bound and form.is_valid() else 0
    context = {
        "form": form,
        "most_cents": most,
        "freeze": freeze_of(request.user),
        "chosen_cents": chosen,
        "typed": amount(chosen),
        "cards": _by_card(request.user, chosen),
        "left_cents": selectors.credit_of(request.user).available_cents - chosen,
        "trail": [(_("Crédit"), reverse("billing:credit"))],
    }
    return render(request, "billing/credit_refund.html", context)


def _is_refunded(request: SignedInRequest, form: RefundForm) -> bool:
    asked = form.cleaned_data["montant"]
    try:
        request_refund(user=request.user, amount_cents=asked, shown_cents=form.seen_cents())
    except DomainError as error:
        form.add_error(None, str(error.user_message))
        return False
    words = _("%(amount)s partent vers votre carte. Votre banque les affiche en général sous 5 à 10 jours ouvrés.")
    messages.success(request, words % {"amount": format_euros(asked)})
    return True


def _by_card(user: User, cents: int) -> list[tuple[str, str]]:
    """« Visa •••• 4242 », « 20,00 € »: what each card would get."""
    sums: dict[str, int] = {}
    for top_up, part in selectors.refund_plan(user, cents):
        sums[top_up.card] = sums.get(top_up.card, 0) + part
    return [(card, format_euros(part)) for card, part in sums.items()]


# --- the file ---


@login_required
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """Every operation, for a spreadsheet."""
    rows = operations.operations(request.user, list(operations.transactions_of(request.user)))
    head = [
        _("Date"),
        _("Heure"),
        _("Opération"),
        _("Objet"),
        _("Carte"),
        _("Crédit disponible"),
        _("Montant bloqué"),
        _("Solde disponible"),
        _("État"),
    ]
    return spreadsheet("credit.csv", head, (_csv_row(row) for row in rows))


def _csv_row(row: operations.Operation) -> list[Cell]:
    at = timezone.localtime(row.at)
    return [
        at.date().isoformat(),
        f"{at:%H:%M}",
        plain(row.reason),
        plain(row.subject.label if row.subject else ""),
        row.card,
        amount(row.available_cents),
        amount(row.held_cents),
        amount(row.balance_cents),
        row.refund.get_status_display() if row.refund else "",
    ]
