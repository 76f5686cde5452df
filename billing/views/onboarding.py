"""To Stripe's own form and back."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from billing.errors import BillingError
from billing.gateway import GatewayError
from billing.models import ConnectedAccount
from billing.services import account_news, onboarding
from core import clock

log = logging.getLogger(__name__)


@login_required
@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    """A new link at each click: Stripe's links serve once and for a few minutes."""
    try:
        return redirect(onboarding.start(user=request.user))
    except BillingError as error:
        messages.error(request, str(error.user_message))
        return redirect("billing:onboarding_return")


@login_required
@require_safe
def back(request: SignedInRequest) -> HttpResponse:
    """Where Stripe sends the mentor back to, finished or not: the state is asked for again, and said."""
    account = ConnectedAccount.objects.filter(user=request.user).first()
    if account is not None:
        account = _read_again(account)
    waiting_cents = account_news.waiting_cents(request.user, now=clock.now())
    return render(request, "billing/onboarding_return.html", {"account": account, "waiting_cents": waiting_cents})


def _read_again(account: ConnectedAccount) -> ConnectedAccount:
    try:
        return onboarding.refresh_account(account=account)
    except GatewayError as error:
        log.warning("account %s was not read: %s", account, error)
        return account
