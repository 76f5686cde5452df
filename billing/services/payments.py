"""A learner's card payments. The state of a payment is always read from Stripe, whoever brings the news."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from billing.errors import AmountChanged, PaymentUnavailable, PaymentWindowClosed
from billing.gateway import (
    Checkout,
    CheckoutOrder,
    CheckoutState,
    GatewayError,
    Payment,
    PaymentState,
    Refused,
    get_gateway,
)
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import PSP_FEES, STRIPE, available
from billing.models import Hold, StripeCustomer, TopUp
from billing.rules import Quote, quote_payment
from billing.services import customers
from billing.signals import top_up_arriving, top_up_paid
from billing.states import TOP_UP_ALLOWED, TopUpStatus
from core import clock
from core.states import check_move

log = logging.getLogger(__name__)

# Stripe wants 30 minutes at least, in real time, from the moment it reads the request.
PAGE_LIFE = timedelta(minutes=31)
# A payment just made is being paid: the sweep leaves it alone for a moment.
QUIET = timedelta(minutes=1)
BATCH = 100


@dataclass(frozen=True)
class PaymentStart:
    """`checkout_url` is None when nothing is to be paid by card: the caller blocks the amount itself."""

    shortfall_cents: int
    checkout_url: str | None


NOTHING_TO_PAY = PaymentStart(0, None)


def quote(*, payer: User, total_cents: int) -> Quote:
    """What the credit covers and what the card must pay: the figures to show before paying."""
    return quote_payment(total_cents, balance(available(payer)))


def start_payment(
    *,
    payer: User,
    reference: str,
    total_cents: int,
    shown_cents: int,
    label: str,
    closes_at: datetime,
    return_url: str,
    cancel_url: str = "",
    now: datetime | None = None,
) -> PaymentStart:
    """Open (or find again) Stripe's page for what the credit does not cover. Never inside a transaction.

    `shown_cents` is the part by card the learner saw. Who gives up on Stripe's page comes back to `cancel_url`
    (else to `return_url`). Raises AmountChanged, PaymentWindowClosed, PaymentUnavailable.
    """
    moment = now or clock.now()
    if closes_at <= moment:
        raise PaymentWindowClosed
    figures = _figures(payer, reference, total_cents, moment)
    if Hold.objects.filter(reference=reference).exists():
        # An open payment had just been made, in another tab: the purpose is paid.
        return NOTHING_TO_PAY
    if figures.card_cents != shown_cents:
        raise AmountChanged
    if not figures.card_cents:
        return NOTHING_TO_PAY
    request = PageRequest(payer, reference, figures.card_cents, label, closes_at, return_url, cancel_url or return_url)
    return PaymentStart(figures.card_cents, _open_page(request))


def _figures(payer: User, reference: str, total_cents: int, now: datetime) -> Quote:
    """What is to pay, once the open payment for this purpose was read back, and closed if its amount is wrong now."""
    open_payment = TopUp.objects.filter(user=payer, purpose=reference, status=TopUpStatus.OPEN).first()
    if open_payment is None:
        return quote(payer=payer, total_cents=total_cents)
    try:
        open_payment = refresh(open_payment, now=now)
        figures = quote(payer=payer, total_cents=total_cents)
        if open_payment.status == TopUpStatus.OPEN and open_payment.amount_cents != figures.card_cents:
            close(top_up=open_payment, now=now)
    except GatewayError as error:
        raise PaymentUnavailable from error
    return quote(payer=payer, total_cents=total_cents)


@dataclass(frozen=True)
class PageRequest:
    payer: User
    reference: str
    amount_cents: int
    label: str
    closes_at: datetime
    return_url: str
    cancel_url: str


def _open_page(request: PageRequest) -> str:
    top_up = _get_or_create(request)
    if top_up.checkout_url:
        return top_up.checkout_url
    try:
        checkout = _create_checkout(top_up, request)
    except Refused as error:
        log.warning("payment page of %s refused: %s", top_up, error)
        _end(top_up, TopUpStatus.FAILED)
        raise PaymentUnavailable from error
    except GatewayError as error:
        raise PaymentUnavailable from error
    TopUp.objects.filter(pk=top_up.pk).update(checkout_id=checkout.id, checkout_url=checkout.url)
    return checkout.url


def _get_or_create(request: PageRequest) -> TopUp:
    """The open payment for this purpose: pressing the button twice finds the same one."""
    fresh = TopUp(
        user=request.payer,
        purpose=request.reference,
        amount_cents=request.amount_cents,
        expires_at=request.closes_at,
    )
    TopUp.objects.bulk_create([fresh], ignore_conflicts=True)
    # None: another messenger learned in between that the open payment was made.
    top_up = TopUp.objects.filter(user=request.payer, purpose=request.reference, status=TopUpStatus.OPEN).first()
    if top_up is None or top_up.amount_cents != request.amount_cents:
        raise AmountChanged
    if top_up.expires_at != request.closes_at:
        TopUp.objects.filter(pk=top_up.pk).update(expires_at=request.closes_at)
    return top_up


def _create_checkout(top_up: TopUp, request: PageRequest) -> Checkout:
    order = CheckoutOrder(
        client_reference=top_up.reference,
        customer_id=customers.get_customer_id(request.payer),
        amount_cents=top_up.amount_cents,
        label=request.label,
        group=group_of(top_up),
        success_url=request.return_url,
        cancel_url=request.cancel_url,
        # From the row, so that asking again with the same key asks for the same thing.
        expires_at=top_up.created_at + PAGE_LIFE,
        language=request.payer.language,
    )
    return get_gateway().create_checkout(order, key=f"topup:{top_up.reference}")


def group_of(top_up: TopUp) -> str:
    """The name under which Stripe keeps a payment and the transfers it funds together."""
    return (top_up.purpose or f"topup:{top_up.reference}").replace(":", "_")


# --- reading the state back ---


def refresh(top_up: TopUp, *, now: datetime | None = None) -> TopUp:
    """Ask Stripe what became of a payment and draw the consequences, once. Never inside a transaction.

    Raises GatewayError when Stripe does not answer: the sweep asks again.
    """
    if top_up.status == TopUpStatus.PAID or top_up.checkout_id is None:
        return top_up
    return apply_checkout(top_up, get_gateway().retrieve_checkout(top_up.checkout_id), now=now)


@transaction.atomic
def apply_checkout(top_up: TopUp, checkout: Checkout, *, now: datetime | None = None) -> TopUp:
    """Bring our row to what Stripe says. Any number of messengers, in any order, give one result."""
    moment = now or clock.now()
    top_up_arriving.send(sender=TopUp, top_up=top_up)
    top_up = TopUp.objects.select_for_update().select_related("user").get(pk=top_up.pk)
    if top_up.checkout_id is None:
        # The answer to our request was lost, but Stripe made the page.
        top_up.checkout_id = checkout.id
        top_up.save(update_fields=["checkout_id"])
    payment = checkout.payment
    if payment and payment.state == PaymentState.SUCCEEDED:
        _record_paid(top_up, payment, moment)
    elif checkout.state == CheckoutState.EXPIRED and top_up.status == TopUpStatus.OPEN:
        _move(top_up, TopUpStatus.EXPIRED)
    return top_up


def _record_paid(top_up: TopUp, payment: Payment, now: datetime) -> None:
    if top_up.status == TopUpStatus.PAID:
        return
    if payment.amount_cents != top_up.amount_cents:
        raise RuntimeError(f"{top_up}: {payment.amount_cents} cents were paid, {top_up.amount_cents} were asked")
    _move(top_up, TopUpStatus.PAID, payment_intent_id=payment.id, charge_id=payment.charge_id, paid_at=now)
    _post(top_up, payment, now)
    StripeCustomer.objects.filter(user=top_up.user).update(payment_method_id=payment.payment_method_id)
    top_up_paid.send(sender=TopUp, top_up=top_up)


def _post(top_up: TopUp, payment: Payment, now: datetime) -> None:
    post(
        key=f"topup:{payment.id}",
        kind="topup",
        legs=[debit(STRIPE, payment.amount_cents), credit(available(top_up.user), payment.amount_cents)],
        reference=top_up.purpose,
        occurred_at=now,
    )
    # Stripe tells its fee a little after the payment; when it is not there yet, the reconciliation adds it.
    if payment.fee_id and payment.fee_cents:
        post(
            key=f"fee:{payment.fee_id}",
            kind="psp_fee",
            legs=[debit(PSP_FEES, payment.fee_cents), credit(STRIPE, payment.fee_cents)],
            reference=top_up.purpose,
            occurred_at=now,
        )


def _move(top_up: TopUp, to: TopUpStatus, **facts: str | datetime) -> None:
    """The only writer of a payment's status; the row is locked."""
    check_move(TOP_UP_ALLOWED, top_up.status, to)
    top_up.status = to
    for name, value in facts.items():
        setattr(top_up, name, value)
    top_up.save(update_fields=["status", *facts])


@transaction.atomic
def _end(top_up: TopUp, to: TopUpStatus) -> None:
    """Close a payment nobody could make."""
    locked = TopUp.objects.select_for_update().get(pk=top_up.pk)
    if locked.status == TopUpStatus.OPEN:
        _move(locked, to)


# --- windows that end ---


def close(*, top_up: TopUp, now: datetime | None = None) -> TopUp:
    """Close the payment page at Stripe. What was paid at the last moment counts."""
    moment = now or clock.now()
    if top_up.checkout_id is None:
        _end(top_up, TopUpStatus.EXPIRED)
        top_up.refresh_from_db()
        return top_up
    try:
        get_gateway().expire_checkout(top_up.checkout_id)
    except Refused:
        log.info("payment page of %s was closed already", top_up)
    return refresh(top_up, now=moment)


def close_for(*, reference: str, now: datetime | None = None) -> None:
    """The purpose is gone (booking canceled, refused): close its open payment pages. Never inside a transaction."""
    for top_up in TopUp.objects.filter(purpose=reference, status=TopUpStatus.OPEN):
        close(top_up=top_up, now=now)


def sweep_payments(*, now: datetime | None = None) -> int:
    """Close windows that ended, read back the others: nothing depends on a webhook or a browser that comes back."""
    moment = now or clock.now()
    rows = TopUp.objects.filter(status=TopUpStatus.OPEN).order_by("expires_at")
    changed = 0
    for top_up in rows.filter(expires_at__lte=moment)[:BATCH]:
        changed += _swept(top_up, moment, closes=True)
    quiet_since = moment - clock.offset() - QUIET
    for top_up in rows.filter(expires_at__gt=moment, created_at__lt=quiet_since, checkout_id__isnull=False)[:BATCH]:
        changed += _swept(top_up, moment, closes=False)
    return changed


def _swept(top_up: TopUp, now: datetime, *, closes: bool) -> bool:
    try:
        after = close(top_up=top_up, now=now) if closes else refresh(top_up, now=now)
    except GatewayError as error:
        log.warning("payment %s was not read: %s", top_up, error)
        return False
    return after.status != TopUpStatus.OPEN
