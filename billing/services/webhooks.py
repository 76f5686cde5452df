"""The inbox of Stripe's webhooks: keep, answer, and later read the object back. The event only says where to look."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from billing.gateway import GatewayError, IncomingEvent, get_gateway
from billing.models import ConnectedAccount, StripeEvent, TopUp
from billing.services import onboarding, payments
from core import clock, jobs

log = logging.getLogger(__name__)

# A worker that took an event and died leaves it to others after this.
CLAIM = timedelta(minutes=2)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
GIVE_UP_AFTER = timedelta(hours=24)
BATCH = 200


class UnknownObject(Exception):
    """The event speaks of something we have no row for, perhaps not yet."""


def receive(*, payload: bytes, signature: str, secret: str, is_thin: bool, now: datetime | None = None) -> None:
    """Store a signed event once. Raises BadSignature."""
    gateway = get_gateway()
    read = gateway.read_notification if is_thin else gateway.read_event
    event = read(payload, signature, secret)
    _keep(event, now or clock.now())
    jobs.enqueue("billing.handle_stripe_events")


def _keep(event: IncomingEvent, now: datetime) -> None:
    row = StripeEvent(
        event_id=event.id,
        type=event.type,
        object_id=event.object_id,
        payload=event.payload,
        received_at=now,
        next_attempt_at=now,
    )
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)


def handle_due(*, now: datetime | None = None) -> int:
    """Handle what waits; how many were settled."""
    moment = now or clock.now()
    due = StripeEvent.objects.due(moment).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(handle(event_id=pk, now=moment) for pk in due)


def handle(*, event_id: int, now: datetime | None = None) -> bool:
    """Claim one event, read its object back, apply it and stamp the event in one transaction."""
    moment = now or clock.now()
    claimed = StripeEvent.objects.due(moment).filter(pk=event_id)
    if not claimed.update(next_attempt_at=moment + CLAIM, attempts=F("attempts") + 1):
        return False
    event = StripeEvent.objects.get(pk=event_id)
    try:
        apply = _prepare(event, moment)
        with transaction.atomic():
            apply()
            StripeEvent.objects.filter(pk=event.pk).update(handled_at=moment, next_attempt_at=None, last_error="")
    except (UnknownObject, GatewayError) as error:
        _postpone(event, error, moment)
        return False
    except Exception as error:
        # Whatever a receiver raises, the event stays due and says why.
        log.exception("event %s was not handled", event)
        _postpone(event, error, moment)
        return False
    return True


def _postpone(event: StripeEvent, error: Exception, now: datetime) -> None:
    delay = DELAYS[min(event.attempts, len(DELAYS)) - 1]
    gives_up = now - event.received_at >= GIVE_UP_AFTER
    if gives_up:
        log.error("event %s was given up: %r", event, error)
    StripeEvent.objects.filter(pk=event.pk).update(
        next_attempt_at=None if gives_up else now + delay, last_error=repr(error)[:300]
    )


# --- from an event to what must be done ---

Action = Callable[[], object]


def _prepare(event: StripeEvent, now: datetime) -> Action:
    """Speak to Stripe now, write later: what to do inside the transaction."""
    if event.type.startswith("checkout.session."):
        return _checkout(event.object_id, now)
    if event.type.startswith("payment_intent."):
        return _payment(event.object_id, now)
    if event.type.startswith("v2.core.account"):
        return _account(event.object_id, now)
    return _nothing


def _nothing() -> None:
    """An event we do not need."""


def _checkout(checkout_id: str, now: datetime) -> Action:
    checkout = get_gateway().retrieve_checkout(checkout_id)
    top_up = _top_up(checkout.client_reference)
    return lambda: payments.apply_checkout(top_up, checkout, now=now)


def _payment(payment_id: str, now: datetime) -> Action:
    payment = get_gateway().retrieve_payment(payment_id)
    top_up = _top_up(payment.metadata.get("top_up", ""))
    return lambda: payments.apply_payment(top_up, payment, now=now)


def _account(account_id: str, now: datetime) -> Action:
    account = ConnectedAccount.objects.filter(stripe_id=account_id).first()
    if account is None:
        raise UnknownObject(account_id)
    found = get_gateway().retrieve_account(account_id)
    return lambda: onboarding.apply_account(account, found, read_at=now)


def _top_up(reference: str) -> TopUp:
    top_up = TopUp.objects.filter(reference=reference).first() if reference else None
    if top_up is None:
        raise UnknownObject(reference)
    return top_up
