"""Money a learner pays in for no booking: credit within the cap, and what he owes. Both by Stripe's page."""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from billing.errors import NothingOwed, TopUpAboveCap, TopUpNotAllowed, TopUpTooSmall
from billing.models import TopUp
from billing.rules import CARD_MINIMUM_CENTS
from billing.selectors import credit_of
from billing.services import debts
from billing.services.payments import pages
from billing.services.payments.pages import Addresses, PageRequest, PaymentStart
from billing.states import CREDIT_PURPOSE, DEBT_PURPOSE
from core import clock

SHORTFALL, CAPPED, FREE = "booking_shortfall", "capped", "free"
LEAST_CENTS = 1_00
# The most Stripe takes in one payment, in euros: eight digits.
STRIPE_MOST_CENTS = 999_999_99
WINDOW = timedelta(minutes=30)


def most_to_add(user: User) -> int:
    """How much credit may be added now: zero when the platform takes money for bookings only, or the cap is reached."""
    if settings.CREDIT_TOPUP_MODE == SHORTFALL:
        return 0
    if settings.CREDIT_TOPUP_MODE == FREE:
        return STRIPE_MOST_CENTS
    credit = credit_of(user)
    return max(0, settings.CREDIT_MAX_BALANCE_CENTS - credit.available_cents - credit.held_cents)


def start_credit_top_up(*, user: User, amount_cents: int, now: datetime | None = None) -> PaymentStart:
    """Open (or find again) Stripe's page that adds credit. Never inside a transaction.

    Raises TopUpNotAllowed, TopUpTooSmall, TopUpAboveCap, CreditFrozen, PaymentUnavailable; AmountChanged when another
    amount is asked for at the same moment.
    """
    moment = now or clock.now()
    _check_amount(user, amount_cents)
    request = PageRequest(
        payer=user,
        purpose=CREDIT_PURPOSE,
        amount=partial(_check_amount, user, amount_cents),
        label=_("Crédit %(site)s") % {"site": settings.SITE_NAME},
        closes_at=moment + WINDOW,
        addresses=_addresses,
    )
    return pages.start(request, shown_cents=amount_cents, now=moment)


def _check_amount(user: User, amount_cents: int) -> int:
    if settings.CREDIT_TOPUP_MODE == SHORTFALL:
        raise TopUpNotAllowed
    debts.check_not_frozen(user)
    if amount_cents < LEAST_CENTS:
        raise TopUpTooSmall
    if amount_cents > most_to_add(user):
        raise TopUpAboveCap
    return amount_cents


def start_debt_payment(*, user: User, shown_cents: int, now: datetime | None = None) -> PaymentStart:
    """Open (or find again) Stripe's page that pays exactly what is owed. Never inside a transaction.

    `shown_cents` is what the learner saw. Raises NothingOwed (also while only a dispute is open: its outcome decides),
    AmountChanged, PaymentUnavailable.
    """
    moment = now or clock.now()
    request = PageRequest(
        payer=user,
        purpose=DEBT_PURPOSE,
        amount=partial(debt_to_pay, user),
        label=_("Somme due à %(site)s") % {"site": settings.SITE_NAME},
        closes_at=moment + WINDOW,
        addresses=_addresses,
    )
    return pages.start(request, shown_cents=shown_cents, now=moment)


def debt_to_pay(user: User) -> int:
    """What is owed, as a card can pay it: of less than the least of a card, the rest becomes credit."""
    freeze = debts.freeze_of(user)
    if freeze is None or not freeze.can_repay:
        raise NothingOwed
    return max(freeze.owed_cents, CARD_MINIMUM_CENTS)


def _addresses(top_up: TopUp) -> Addresses:
    return Addresses(
        paid=settings.BASE_URL + reverse("billing:credit_payment", args=[top_up.reference]),
        given_up=settings.BASE_URL + reverse("billing:credit"),
    )
