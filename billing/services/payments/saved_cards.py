"""The credit for an extension, while the session goes on: credit, then the saved card, then a page beside the room."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from accounts.models import User
from billing.errors import AmountChanged, PaymentInDoubt
from billing.gateway import GatewayError, Refused, get_gateway
from billing.models import StripeCustomer, TopUp
from billing.services.payments import pages
from billing.services.payments.pages import Addresses, PageRequest
from billing.services.payments.receipts import apply_payment, end
from billing.services.payments.shortfalls import shortfall
from billing.states import TopUpOrigin, TopUpStatus
from core import clock

log = logging.getLogger(__name__)


class Secured(Enum):
    # The credit is there: the extension may be asked for, and blocked when it is accepted.
    READY = "ready"
    # The bank wants the learner himself, or another card is needed.
    PAGE = "page"
    # Asked, not answered: the sweep finds out, nothing is asked twice.
    PENDING = "pending"


@dataclass(frozen=True)
class CreditSecured:
    state: Secured
    # What is paid by card.
    card_cents: int = 0
    # Stripe's page, to open beside the room.
    checkout_url: str = ""


def secure_credit(
    *,
    payer: User,
    reference: str,
    hold_number: int,
    total_cents: int,
    shown_cents: int,
    label: str,
    closes_at: datetime,
    return_url: str,
    now: datetime | None = None,
) -> CreditSecured:
    """Bring the credit to `total_cents` for one more hold of a booking. Never inside a transaction.

    Nothing is blocked here: what is not used stays credit. Pressed twice, it pays once. `shown_cents` is the part by
    card the learner saw. Raises AmountChanged, CreditFrozen, PaymentWindowClosed, PaymentUnavailable.
    """
    moment = now or clock.now()
    request = shortfall(
        payer=payer,
        reference=reference,
        hold_number=hold_number,
        total_cents=total_cents,
        label=label,
        closes_at=closes_at,
        addresses=Addresses(paid=return_url, given_up=return_url),
    )
    try:
        return _secure(request, shown_cents, moment)
    except PaymentInDoubt:
        return CreditSecured(Secured.PENDING, shown_cents)
    except AmountChanged:
        if request.amount():
            raise
        # Another tab paid while this one asked.
        return CreditSecured(Secured.READY)


def _secure(request: PageRequest, shown_cents: int, now: datetime) -> CreditSecured:
    card_cents = pages.missing_cents(request, now=now)
    if not card_cents:
        # Also when the learner had paid meanwhile, on the page in another tab.
        return CreditSecured(Secured.READY)
    if card_cents != shown_cents:
        raise AmountChanged
    if _charge(request, card_cents, now):
        return CreditSecured(Secured.READY, card_cents)
    return CreditSecured(Secured.PAGE, card_cents, pages.open_page(request, card_cents))


def _charge(request: PageRequest, amount_cents: int, now: datetime) -> bool:
    """Ask the saved card. False: a page is needed. Raises PaymentInDoubt."""
    customer = StripeCustomer.objects.filter(user=request.payer).exclude(payment_method_id="").first()
    top_up = pages.claim(request, amount_cents, TopUpOrigin.SAVED_CARD) if customer else None
    if customer is None or top_up is None:
        return False
    try:
        payment = get_gateway().charge_saved_card(
            customer_id=customer.stripe_id,
            payment_method_id=customer.payment_method_id,
            amount_cents=amount_cents,
            label=request.label,
            group=pages.group_of(top_up),
            top_up=top_up.reference,
            key=f"topup:{top_up.reference}",
        )
    except Refused as error:
        # Declined, or the bank wants to ask the learner: no money moved.
        log.info("saved card for %s refused: %s %s", top_up, error.code, error)
        end(top_up, TopUpStatus.FAILED)
        return False
    except GatewayError as error:
        raise PaymentInDoubt from error
    return _is_paid(apply_payment(top_up, payment, now=now))


def _is_paid(top_up: TopUp) -> bool:
    if top_up.status == TopUpStatus.OPEN:
        raise PaymentInDoubt
    return top_up.status == TopUpStatus.PAID
