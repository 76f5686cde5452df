"""The inbox of Stripe's webhooks: keep, answer, and later read the object back. The event only says where to look."""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from math import isfinite
from typing import Any

from django.db import transaction
from django.db.models import F

from billing.gateway import BadSignature, GatewayError, IncomingEvent, get_gateway
from billing.models import ConnectedAccount, StripeEvent, TopUp
from billing.services import disputes, onboarding, payments, refunds
from core import clock, jobs

log = logging.getLogger(__name__)

# A worker that took an event and died leaves it to others after this.
CLAIM = timedelta(minutes=2)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
GIVE_UP_AFTER = timedelta(hours=24)
BATCH = 200
# Stripe's events have some kilobytes.
LONGEST_BODY = 512 * 1024
# What identifiers and types of events are made of.
NAME = re.compile(r"[!-~]{0,120}")


class UnknownObject(Exception):
    """The event speaks of something we have no row for, perhaps not yet."""


# What postpones an event: expected to end well later, or shown to staff after a day.
NOT_YET = (UnknownObject, disputes.UnknownCharge, GatewayError)


def receive(*, payload: bytes, signature: str, secret: str, is_thin: bool, now: datetime | None = None) -> None:
    """Store a signed event once. Raises BadSignature."""
    if len(payload) > LONGEST_BODY:
        raise BadSignature("The body is longer than any event.")
    gateway = get_gateway()
    read = gateway.read_notification if is_thin else gateway.read_event
    event = read(payload, signature, secret)
    if not event.id or not all(NAME.fullmatch(str(name)) for name in (event.id, event.type, event.object_id)):
        raise BadSignature("The body is no event.")
    _keep(event, now or clock.now())
    jobs.enqueue("billing.handle_stripe_events")


def _keep(event: IncomingEvent, now: datetime) -> None:
    row = StripeEvent(
        event_id=event.id,
        type=event.type,
        object_id=event.object_id,
        payload=_storable(event.payload),
        received_at=now,
        next_attempt_at=now,
    )
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)


def _storable(value: Any) -> Any:
    """Without what PostgreSQL does not store: NUL and half a character, which a member may have typed; no numbers."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


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
    except NOT_YET as error:
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


# --- what staff do with an event given up ---


def retry(*, event_id: int, now: datetime | None = None) -> bool:
    """Try again an event given up. False when it is not."""
    given_up = StripeEvent.objects.given_up().filter(pk=event_id)
    return bool(given_up.update(next_attempt_at=now or clock.now()))


def dismiss(*, event_id: int, now: datetime | None = None) -> bool:
    """Nothing is to be done about an event given up: something made by hand at Stripe, or for another site."""
    return bool(StripeEvent.objects.given_up().filter(pk=event_id).update(handled_at=now or clock.now()))


# --- from an event to what must be done ---

Action = Callable[[], object]


def _prepare(event: StripeEvent, now: datetime) -> Action:
    """Speak to Stripe now, write later: what to do inside the transaction."""
    for prefix, prepare in HANDLERS.items():
        if event.type.startswith(prefix):
            return prepare(event.object_id, now)
    return _nothing


def _nothing() -> None:
    """An event we do not need."""


def _checkout(checkout_id: str, now: datetime) -> Action:
    checkout = get_gateway().retrieve_checkout(checkout_id)
    top_up = _top_up(checkout.client_reference)
    return partial(payments.apply_checkout, top_up, checkout, now=now)


def _payment(payment_id: str, now: datetime) -> Action:
    """A payment made on a page, or on the saved card without any page."""
    payment = get_gateway().retrieve_payment(payment_id)
    top_up = _top_up(payment.metadata.get("top_up", ""))
    return partial(payments.apply_payment, top_up, payment, now=now)


def _dispute(dispute_id: str, now: datetime) -> Action:
    return partial(disputes.apply_dispute, get_gateway().retrieve_dispute(dispute_id), now=now)


def _refund(refund_id: str, now: datetime) -> Action:
    found = get_gateway().retrieve_refund(refund_id)
    refund = refunds.find_refund(found)
    if refund is None:
        raise UnknownObject(refund_id)
    return partial(refunds.apply_refund, refund, found, now=now)


def _account(account_id: str, now: datetime) -> Action:
    account = ConnectedAccount.objects.filter(stripe_id=account_id).first()
    if account is None:
        raise UnknownObject(account_id)
    found = get_gateway().retrieve_account(account_id)
    return partial(onboarding.apply_account, account, found, read_at=now)


def _top_up(reference: str) -> TopUp:
    top_up = TopUp.objects.filter(reference=reference).first() if reference else None
    if top_up is None:
        raise UnknownObject(reference)
    return top_up


# By the beginning of the event's type.
HANDLERS: dict[str, Callable[[str, datetime], Action]] = {
    "checkout.session.": _checkout,
    "payment_intent.": _payment,
    "charge.dispute.": _dispute,
    "charge.refund.updated": _refund,
    "refund.": _refund,
    "v2.core.account": _account,
}
