"""What Stripe says of a payment becomes our row and the ledger: the state is read, whoever brings the news."""

import logging
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.urls import reverse

from billing.gateway import Checkout, CheckoutState, GatewayError, Payment, PaymentState, get_gateway
from billing.ledger import balance, credit, debit, lock_account, post
from billing.ledger.accounts import PSP_FEES, STRIPE, available
from billing.models import StripeCustomer, TopUp
from billing.services import debts
from billing.signals import top_up_arriving, top_up_paid
from billing.states import DEBT_PURPOSE, TOP_UP_ALLOWED, TopUpOrigin, TopUpStatus
from core import clock
from core.states import check_move
from notifications.services import notify

log = logging.getLogger(__name__)

TOPPED_UP = "billing.credit_topped_up"
# Longer than a call with its retries: a payment on a saved card that Stripe does not know by then was never made.
IN_DOUBT = timedelta(minutes=5)
# Stripe's clock and ours differ a little.
EARLIER = timedelta(minutes=5)
# A payment on a saved card stays in these for ever: nobody is there to go on with it.
DEAD = frozenset({PaymentState.REQUIRES_CARD, PaymentState.REQUIRES_ACTION, PaymentState.CANCELED})


class PaymentOutcome(Enum):
    """What is known of a card payment."""

    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"


def outcome_of(top_up: TopUp | None, *, now: datetime | None = None) -> PaymentOutcome:
    """Ask Stripe what became of a payment, if there was one. Never inside a transaction."""
    if top_up is None:
        return PaymentOutcome.FAILED
    try:
        top_up = refresh(top_up, now=now)
    except GatewayError as error:
        log.warning("payment %s is not known yet: %s", top_up, error)
        return PaymentOutcome.UNKNOWN
    if top_up.status == TopUpStatus.PAID:
        return PaymentOutcome.PAID
    return PaymentOutcome.UNKNOWN if top_up.status == TopUpStatus.OPEN else PaymentOutcome.FAILED


def refresh(top_up: TopUp, *, now: datetime | None = None) -> TopUp:
    """Ask Stripe what became of a payment and draw the consequences, once. Never inside a transaction.

    Raises GatewayError when Stripe does not answer: the sweep asks again.
    """
    if top_up.status == TopUpStatus.PAID:
        return top_up
    if top_up.origin == TopUpOrigin.SAVED_CARD:
        return _look(top_up, now or clock.now())
    if top_up.checkout_id is None:
        return top_up
    return apply_checkout(top_up, get_gateway().retrieve_checkout(top_up.checkout_id), now=now)


def _look(top_up: TopUp, now: datetime) -> TopUp:
    """The answer about a saved card was lost: look for the payment, never ask for it again."""
    payment = _find(top_up)
    if payment is not None:
        return apply_payment(top_up, payment, now=now)
    # Stripe's time is the real one.
    if now - clock.offset() - top_up.created_at >= IN_DOUBT:
        end(top_up, TopUpStatus.FAILED)
        top_up.refresh_from_db()
    return top_up


def _find(top_up: TopUp) -> Payment | None:
    if top_up.payment_intent_id:
        return get_gateway().retrieve_payment(top_up.payment_intent_id)
    customer = StripeCustomer.objects.get(user=top_up.user_id)
    made = get_gateway().find_payments(customer_id=customer.stripe_id, since=top_up.created_at - EARLIER)
    return next((payment for payment in made if payment.metadata.get("top_up") == top_up.reference), None)


@transaction.atomic
def apply_checkout(top_up: TopUp, checkout: Checkout, *, now: datetime | None = None) -> TopUp:
    """Bring our row to what Stripe says. Any number of messengers, in any order, give one result."""
    top_up = _lock(top_up)
    if top_up.checkout_id is None:
        # The answer to our request was lost, but Stripe made the page.
        top_up.checkout_id = checkout.id
        top_up.save(update_fields=["checkout_id"])
    payment = checkout.payment
    if payment and payment.state == PaymentState.SUCCEEDED:
        _record_paid(top_up, payment, now or clock.now())
    elif checkout.state == CheckoutState.EXPIRED and top_up.status == TopUpStatus.OPEN:
        _move(top_up, TopUpStatus.EXPIRED)
    return top_up


@transaction.atomic
def apply_payment(top_up: TopUp, payment: Payment, *, now: datetime | None = None) -> TopUp:
    """The same from the payment itself, when it was made without a page."""
    top_up = _lock(top_up)
    if payment.state == PaymentState.SUCCEEDED:
        _record_paid(top_up, payment, now or clock.now())
    elif top_up.origin == TopUpOrigin.SAVED_CARD and top_up.status == TopUpStatus.OPEN:
        # A page stays open: another card may be tried there.
        if payment.state in DEAD:
            _move(top_up, TopUpStatus.FAILED, payment_intent_id=payment.id)
        else:
            TopUp.objects.filter(pk=top_up.pk).update(payment_intent_id=payment.id)
    return top_up


def _lock(top_up: TopUp) -> TopUp:
    """The row, behind everything the payment may change: the booking, the credit."""
    top_up_arriving.send(sender=TopUp, top_up=top_up)
    lock_account(available(top_up.user))
    return TopUp.objects.select_for_update(of=("self",)).select_related("user").get(pk=top_up.pk)


def _record_paid(top_up: TopUp, payment: Payment, now: datetime) -> None:
    if top_up.status == TopUpStatus.PAID:
        return
    if payment.amount_cents != top_up.amount_cents:
        raise RuntimeError(f"{top_up}: {payment.amount_cents} cents were paid, {top_up.amount_cents} were asked")
    facts = {
        "payment_intent_id": payment.id,
        "charge_id": payment.charge_id,
        "card_brand": payment.card_brand,
        "card_last4": payment.card_last4,
    }
    _move(top_up, TopUpStatus.PAID, paid_at=now, **facts)
    _post(top_up, payment, now)
    if payment.payment_method_id:
        StripeCustomer.objects.filter(user=top_up.user).update(payment_method_id=payment.payment_method_id)
    top_up_paid.send(sender=TopUp, top_up=top_up)
    # What no booking has taken pays what is owed.
    repaid = debts.collect(learner=top_up.user, key=f"topup:{top_up.reference}", now=now)
    if not _is_told_above(top_up):
        _tell(top_up, repaid, now)


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


def _is_told_above(top_up: TopUp) -> bool:
    """The first payment of a booking: the app above says what became of the session."""
    return ":" in top_up.purpose and top_up.hold_number == 1


def _tell(top_up: TopUp, repaid_cents: int, now: datetime) -> None:
    notify(
        recipient=top_up.user,
        kind=TOPPED_UP,
        url=reverse("billing:credit"),
        reference=f"topup:{top_up.reference}",
        context={
            "top_up": top_up,
            "is_debt": top_up.purpose == DEBT_PURPOSE,
            "is_extension": ":" in top_up.purpose,
            "is_saved_card": top_up.origin == TopUpOrigin.SAVED_CARD,
            "repaid_cents": repaid_cents,
            "credit_cents": balance(available(top_up.user)),
            "freeze": debts.freeze_of(top_up.user),
        },
        now=now,
    )


@transaction.atomic
def end(top_up: TopUp, to: TopUpStatus) -> None:
    """Close a payment nobody could make."""
    locked = TopUp.objects.select_for_update().get(pk=top_up.pk)
    if locked.status == TopUpStatus.OPEN:
        _move(locked, to)


def _move(top_up: TopUp, to: TopUpStatus, **facts: str | datetime) -> None:
    """The only writer of a payment's status; the row is locked."""
    check_move(TOP_UP_ALLOWED, top_up.status, to)
    top_up.status = to
    for name, value in facts.items():
        setattr(top_up, name, value)
    top_up.save(update_fields=["status", *facts])
