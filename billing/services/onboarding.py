"""The mentor's account at Stripe: opened by Stripe's own form only, its state always read from Stripe (K-9, SK-45)."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from billing import mandate
from billing.errors import MandateChanged, StripeUnavailable
from billing.gateway import Account, GatewayError, TransfersState, get_gateway
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from billing.services import account_news
from billing.signals import account_capability_changed
from billing.states import AccountState
from core import clock

log = logging.getLogger(__name__)

DEFAULT_COUNTRY = "FR"


def start(*, user: User, now: datetime | None = None) -> str:
    """The address of Stripe's form for this member, good for one visit; his account is made at the first click.

    Never inside a transaction. Raises StripeUnavailable.
    """
    try:
        account = get_or_create_account(user=user, now=now)
        back = settings.BASE_URL + reverse("billing:onboarding_return")
        # An expired link comes back to the same page, which offers a new one.
        return get_gateway().create_account_link(account_id=account.stripe_id, return_url=back, refresh_url=back)
    except GatewayError as error:
        log.warning("onboarding of %s failed: %s", user.pk, error)
        raise StripeUnavailable from error


def get_or_create_account(*, user: User, now: datetime | None = None) -> ConnectedAccount:
    known = ConnectedAccount.objects.filter(user=user).first()
    if known:
        return known
    profile = BillingProfile.objects.filter(user=user).first()
    made = get_gateway().create_account(
        email=user.email,
        name=user.get_full_name(),
        country=profile.country if profile else DEFAULT_COUNTRY,
        key=f"account:{user.pk}:{int(user.date_joined.timestamp())}",
    )
    row = ConnectedAccount(user_id=user.pk, stripe_id=made.id)
    ConnectedAccount.objects.bulk_create([row], ignore_conflicts=True)
    return apply_account(ConnectedAccount.objects.get(user=user), made, read_at=now or clock.now())


def refresh_account(*, account: ConnectedAccount, now: datetime | None = None) -> ConnectedAccount:
    """Ask Stripe for the state of an account. Never inside a transaction. Raises GatewayError."""
    read_at = now or clock.now()
    return apply_account(account, get_gateway().retrieve_account(account.stripe_id), read_at=read_at)


@transaction.atomic
def apply_account(account: ConnectedAccount, found: Account, *, read_at: datetime) -> ConnectedAccount:
    """Note what Stripe said at `read_at`; what was read later stays.

    The first to notice a change tells the apps above, and the mentor and the team when transfers stop.
    """
    account = ConnectedAccount.objects.select_for_update(of=("self",)).select_related("user").get(pk=account.pk)
    if account.checked_at and account.checked_at > read_at:
        return account
    before, after = account.state, state_of(found)
    account.state = after
    account.requirements_due = list(found.requirements_due)
    account.checked_at = read_at
    account.save(update_fields=["state", "requirements_due", "checked_at"])
    if after != before:
        account_capability_changed.send(sender=ConnectedAccount, account=account)
        if before == AccountState.ACTIVE:
            account_news.tell_stopped(account, now=read_at)
    return account


def state_of(found: Account) -> AccountState:
    if found.transfers == TransfersState.ACTIVE:
        return AccountState.ACTIVE
    if found.transfers == TransfersState.PENDING:
        return AccountState.PENDING
    if found.transfers == TransfersState.RESTRICTED and found.awaits_owner:
        return AccountState.STARTED
    return AccountState.RESTRICTED


def accept_mandate(*, user: User, version: str = mandate.VERSION, now: datetime | None = None) -> BillingMandate:
    """Keep which text the mentor accepted, and when (CGI art. 289 I-2). Accepting twice changes nothing.

    `version` is the one he read. Raises MandateChanged when another is in force.
    """
    if version != mandate.VERSION:
        raise MandateChanged
    accepted, _ = BillingMandate.objects.get_or_create(
        user=user,
        version=version,
        defaults={"text_sha256": mandate.digest(), "accepted_at": now or clock.now()},
    )
    return accepted
