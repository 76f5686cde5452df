"""Payment windows end: Stripe's page is closed, and what was paid at the last moment counts."""

import logging
from datetime import datetime, timedelta

from billing.gateway import GatewayError, Refused, get_gateway
from billing.models import TopUp
from billing.services.payments.receipts import end, refresh
from billing.states import TopUpOrigin, TopUpStatus
from core import clock

log = logging.getLogger(__name__)

# A payment just made is being paid: the sweep leaves it alone for a moment.
QUIET = timedelta(minutes=1)
BATCH = 100


def close(*, top_up: TopUp, now: datetime | None = None) -> TopUp:
    """Close the payment page at Stripe. What was paid at the last moment counts. Never inside a transaction."""
    moment = now or clock.now()
    if top_up.origin == TopUpOrigin.SAVED_CARD:
        # There is no page: what was asked of the card is looked for.
        return refresh(top_up, now=moment)
    if top_up.checkout_id is None:
        end(top_up, TopUpStatus.EXPIRED)
        top_up.refresh_from_db()
        # Noted in the same moment by who opened it: whoever looks second closes it.
        if top_up.checkout_id is None:
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
    for top_up in TopUp.objects.to_close(moment).order_by("expires_at")[:BATCH]:
        changed += _swept(top_up, moment, closes=True)
    quiet_since = moment - clock.offset() - QUIET
    for top_up in rows.filter(expires_at__gt=moment, created_at__lt=quiet_since)[:BATCH]:
        changed += _swept(top_up, moment, closes=False)
    return changed


def _swept(top_up: TopUp, now: datetime, *, closes: bool) -> bool:
    try:
        after = close(top_up=top_up, now=now) if closes else refresh(top_up, now=now)
    except GatewayError as error:
        log.warning("payment %s was not read: %s", top_up, error)
        return False
    return after.status != TopUpStatus.OPEN
