"""Stripe’s payment page for a purpose: one at a time, found again while open, closed when its amount changed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from billing.errors import AmountChanged, PaymentInDoubt, PaymentUnavailable, PaymentWindowClosed
from billing.gateway import Checkout, CheckoutOrder, GatewayError, Refused, get_gateway
from billing.ledger import lock_account
from billing.ledger.accounts import available
from billing.models import Hold, TopUp
from billing.services import customers
from billing.services.payments.receipts import end, refresh
from billing.services.payments.windows import close
from billing.states import TopUpOrigin, TopUpStatus

log = logging.getLogger(__name__)

# Stripe wants 30 minutes at least, in real time, from the moment it reads the request.
PAGE_LIFE = timedelta(minutes=31)


@dataclass(frozen=True)
class PaymentStart:
    """`checkout_url` is None when nothing is to be paid by card: the caller blocks the amount itself."""

    shortfall_cents: int
    checkout_url: str | None


NOTHING_TO_PAY = PaymentStart(0, None)


@dataclass(frozen=True)
class Addresses:
    """Where Stripe sends the payer back: once he paid, and when he gives up."""

    paid: str
    given_up: str


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """One payment to ask for. `amount` is read again at each use: the card's part, as things stand."""

    payer: User
    purpose: str
    amount: Callable[[], int]
    label: str
    closes_at: datetime
    addresses: Callable[[TopUp], Addresses]
    hold_number: int = 1

    def find_open(self) -> TopUp | None:
        return TopUp.objects.filter(
            user=self.payer, purpose=self.purpose, hold_number=self.hold_number, status=TopUpStatus.OPEN
        ).first()

    def is_paid(self) -> bool:
        """The amount is blocked: an open payment had just been made, in another tab."""
        return Hold.objects.filter(reference=self.purpose, number=self.hold_number).exists()


def start(request: PageRequest, *, shown_cents: int, now: datetime) -> PaymentStart:
    """Open (or find again) the page. Never inside a transaction. Raises what `missing_cents` and `open_page` raise."""
    card_cents = missing_cents(request, now=now)
    if card_cents is None:
        return NOTHING_TO_PAY
    if card_cents != shown_cents:
        raise AmountChanged
    return PaymentStart(card_cents, open_page(request, card_cents)) if card_cents else NOTHING_TO_PAY


def missing_cents(request: PageRequest, *, now: datetime) -> int | None:
    """What the card must pay, once an open payment for this purpose was read back; None when the amount is blocked.

    Raises PaymentWindowClosed, PaymentInDoubt, PaymentUnavailable, and what `request.amount` raises.
    """
    if request.closes_at <= now:
        raise PaymentWindowClosed
    _read_back(request, now)
    return None if request.is_paid() else request.amount()


def _read_back(request: PageRequest, now: datetime) -> None:
    """Ask what became of the open payment for this purpose, and close its page if the amount is wrong now."""
    top_up = request.find_open()
    if top_up is None:
        return
    try:
        top_up = refresh(top_up, now=now)
        if top_up.status != TopUpStatus.OPEN:
            return
        if top_up.origin == TopUpOrigin.SAVED_CARD:
            raise PaymentInDoubt
        if top_up.amount_cents != request.amount():
            close(top_up=top_up, now=now)
    except GatewayError as error:
        raise PaymentUnavailable from error


def open_page(request: PageRequest, amount_cents: int) -> str:
    """The address of the page. Raises AmountChanged, PaymentInDoubt, PaymentUnavailable."""
    top_up = _get_or_create(request, amount_cents)
    if top_up.checkout_url:
        return top_up.checkout_url
    try:
        checkout = _create_checkout(top_up, request)
    except Refused as error:
        log.warning("payment page of %s refused: %s", top_up, error)
        end(top_up, TopUpStatus.FAILED)
        raise PaymentUnavailable from error
    except GatewayError as error:
        raise PaymentUnavailable from error
    TopUp.objects.filter(pk=top_up.pk).update(checkout_id=checkout.id, checkout_url=checkout.url)
    top_up.refresh_from_db(fields=["status"])
    if top_up.status != TopUpStatus.OPEN:
        _withdraw(checkout)
        raise AmountChanged
    return checkout.url


def _withdraw(checkout: Checkout) -> None:
    """Another tab asked for another amount while Stripe made this page: nobody shall pay here."""
    try:
        get_gateway().expire_checkout(checkout.id)
    except GatewayError as error:
        log.warning("payment page %s stays open until its end: %s", checkout.id, error)


@transaction.atomic
def claim(request: PageRequest, amount_cents: int, origin: TopUpOrigin) -> TopUp | None:
    """A new row for this purpose; None when one is open already, or the amount is no longer what is missing.

    Under the lock that a payment takes to become credit: one that is made at this very moment in another tab is either
    still open or counted in what is missing. Raises what `request.amount` raises.
    """
    lock_account(available(request.payer))
    if request.is_paid() or request.amount() != amount_cents:
        return None
    fresh = TopUp(
        user=request.payer,
        purpose=request.purpose,
        hold_number=request.hold_number,
        origin=origin,
        amount_cents=amount_cents,
        expires_at=request.closes_at,
    )
    TopUp.objects.bulk_create([fresh], ignore_conflicts=True)
    return TopUp.objects.filter(reference=fresh.reference).first()


def _get_or_create(request: PageRequest, amount_cents: int) -> TopUp:
    """The open payment for this purpose: pressing the button twice finds the same one."""
    top_up = claim(request, amount_cents, TopUpOrigin.CHECKOUT) or request.find_open()
    # None: another messenger learned in between that the open payment was made.
    if top_up is None or top_up.amount_cents != amount_cents:
        raise AmountChanged
    if top_up.origin == TopUpOrigin.SAVED_CARD:
        raise PaymentInDoubt
    if top_up.expires_at != request.closes_at:
        TopUp.objects.filter(pk=top_up.pk).update(expires_at=request.closes_at)
    return top_up


def _create_checkout(top_up: TopUp, request: PageRequest) -> Checkout:
    addresses = request.addresses(top_up)
    order = CheckoutOrder(
        client_reference=top_up.reference,
        customer_id=customers.get_customer_id(request.payer),
        amount_cents=top_up.amount_cents,
        label=request.label,
        group=group_of(top_up),
        success_url=addresses.paid,
        cancel_url=addresses.given_up,
        # From the row, so that asking again with the same key asks for the same thing.
        expires_at=top_up.created_at + PAGE_LIFE,
        language=request.payer.language,
    )
    return get_gateway().create_checkout(order, key=f"topup:{top_up.reference}")


def group_of(top_up: TopUp) -> str:
    """The name under which Stripe keeps a payment and the transfers it funds together."""
    named = top_up.purpose if ":" in top_up.purpose else f"topup:{top_up.reference}"
    return named.replace(":", "_")
