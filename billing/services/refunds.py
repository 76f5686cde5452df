"""Unused credit back to the cards that paid it. It leaves the credit at once, and is sent: claim, call, record.

A worker may die anywhere: whoever takes the refund again looks at Stripe first, so a card is credited once.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from billing import rules
from billing.errors import CreditChanged, NothingToRefund, RefundAboveCredit
from billing.gateway import CardRefund, GatewayError, RefundState, Refused, UnknownOutcome, get_gateway
from billing.ledger import credit, debit, lock_account, post
from billing.ledger.accounts import STRIPE, available
from billing.models import Refund
from billing.rules import Portion
from billing.selectors import refundable_cents
from billing.services import debts, funding
from billing.states import REFUND_ALLOWED, RefundStatus
from core import clock, jobs
from core.states import check_move
from notifications.services import notify

log = logging.getLogger(__name__)

SENT = "billing.refund_sent"
FAILED = "billing.refund_failed"
# Longer than a call with its retries: a claim this old belongs to nobody.
STALE = timedelta(minutes=10)
# Refusals that are our own affair (our balance at Stripe is short): asked again, then given up.
OUR_AFFAIR = frozenset({"balance_insufficient"})
DELAYS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=48))
GIVEN_BACK = frozenset({RefundState.FAILED, RefundState.CANCELED})
BATCH = 200


def label_of(refund: Refund) -> str:
    return f"refund:{refund.reference}"


@transaction.atomic
def request_refund(
    *, user: User, amount_cents: int, shown_cents: int | None = None, now: datetime | None = None
) -> list[Refund]:
    """Take unused credit out, the oldest card payments first; one refund per card payment.

    `shown_cents` is what could be refunded when the learner read the page: a form sent twice is refused the second
    time. Raises CreditFrozen, CreditChanged, NothingToRefund, RefundAboveCredit; nothing is written then.
    """
    moment = now or clock.now()
    lock_account(available(user))
    debts.check_not_frozen(user)
    most = refundable_cents(user)
    if shown_cents is not None and shown_cents != most:
        raise CreditChanged
    if amount_cents <= 0:
        raise NothingToRefund
    if amount_cents > most:
        raise RefundAboveCredit
    refunds = [_take_out(user, portion, moment) for portion in funding.give_back(user, amount_cents)]
    jobs.enqueue("billing.sweep_refunds")
    return refunds


def _take_out(user: User, portion: Portion, now: datetime) -> Refund:
    refund = Refund.objects.create(
        user=user, top_up_id=portion.id, amount_cents=portion.cents, requested_at=now, next_attempt_at=now
    )
    post(
        key=label_of(refund),
        kind="refund",
        legs=[debit(available(user), portion.cents), credit(STRIPE, portion.cents)],
        reference=label_of(refund),
        occurred_at=now,
    )
    return refund


# --- sending ---


def sweep_refunds(*, now: datetime | None = None) -> int:
    """Send what is due, one refund at a time; how many were sent."""
    moment = now or clock.now()
    sent = 0
    for _number in range(BATCH):
        refund = _claim(moment)
        if refund is None:
            break
        sent += send(refund, now=moment)
    return sent


@transaction.atomic
def _claim(now: datetime) -> Refund | None:
    rows = Refund.objects.claimable(now, now - STALE).order_by("next_attempt_at", "pk")
    refund = rows.select_for_update(skip_locked=True).first()
    if refund is None:
        return None
    if refund.status == RefundStatus.DUE:
        _move(refund, RefundStatus.IN_FLIGHT, claimed_at=now)
    else:
        Refund.objects.filter(pk=refund.pk).update(claimed_at=now)
    return refund


def send(refund: Refund, *, now: datetime) -> bool:
    """Ask Stripe for a claimed refund. Never inside a transaction. True when the money is on its way to the card."""
    try:
        answer = _ask(refund, now)
    except Refused as error:
        _refused(refund, error, now)
        return False
    except GatewayError as error:
        # Perhaps done: it stays in flight and is taken again, with a look first.
        log.warning("refund %s is in doubt: %s", refund, error)
        Refund.objects.filter(pk=refund.pk).update(last_error=str(error)[:300])
        return False
    return apply_refund(refund, answer, now=now).status == RefundStatus.SENT


def _ask(refund: Refund, now: datetime) -> CardRefund:
    is_perhaps_done = refund.asked_at is not None or rules.is_long_due(refund.requested_at, now)
    if is_perhaps_done and (made := _find_made(refund)):
        return made
    # Written before the call, so that whoever comes after a dead worker looks first.
    Refund.objects.filter(pk=refund.pk, asked_at=None).update(asked_at=clock.now())
    return get_gateway().refund(
        charge_id=refund.top_up.charge_id,
        amount_cents=refund.amount_cents,
        reference=refund.reference,
        key=f"{label_of(refund)}:{refund.attempt}",
    )


def _find_made(refund: Refund) -> CardRefund | None:
    try:
        made = get_gateway().list_refunds(charge_id=refund.top_up.charge_id)
    except Refused as error:
        # A look that fails says nothing of what was asked before.
        raise UnknownOutcome(str(error)) from error
    return next((row for row in made if row.metadata.get("refund") == refund.reference), None)


# --- what Stripe says ---


def find_refund(answer: CardRefund) -> Refund | None:
    """Our row of a refund at Stripe."""
    named = answer.metadata.get("refund", "")
    rows = Refund.objects.filter(Q(refund_id=answer.id) | Q(reference=named)) if named else None
    return (rows if rows is not None else Refund.objects.filter(refund_id=answer.id)).first()


@transaction.atomic
def apply_refund(refund: Refund, answer: CardRefund, now: datetime | None = None) -> Refund:
    """Bring our row to what Stripe says, whoever brings the news and however often."""
    moment = now or clock.now()
    refund = _lock(refund)
    if answer.amount_cents != refund.amount_cents:
        raise RuntimeError(f"{refund}: {answer.amount_cents} cents are refunded, {refund.amount_cents} were asked")
    if answer.state in GIVEN_BACK:
        _fail(refund, answer.failure_reason or answer.state, moment, refund_id=answer.id)
    elif refund.status in {RefundStatus.DUE, RefundStatus.IN_FLIGHT}:
        _leave(refund)
        _move(refund, RefundStatus.SENT, sent_at=moment, refund_id=answer.id, last_error="")
        _tell(refund, SENT, moment)
    elif refund.status == RefundStatus.FAILED:
        log.error("refund %s failed for us, and is %s at Stripe: %s", refund, answer.state, answer.id)
    return refund


@transaction.atomic
def _refused(refund: Refund, error: Refused, now: datetime) -> None:
    """A definite no: nothing was done under this key. Our own affairs are tried again, the rest is credit again."""
    refund = _lock(refund)
    if refund.status != RefundStatus.IN_FLIGHT:
        return
    why = f"{error.code}: {error}"[:300]
    if error.code in OUR_AFFAIR and refund.attempt <= len(DELAYS):
        log.error("refund %s waits: %s", refund, why)
        later = now + DELAYS[refund.attempt - 1]
        next_try = {"attempt": refund.attempt + 1, "asked_at": None, "next_attempt_at": later}
        _move(refund, RefundStatus.DUE, last_error=why, **next_try)
        return
    _fail(refund, why, now)


def _fail(refund: Refund, why: str, now: datetime, refund_id: str = "") -> None:
    """The money did not reach the card: it is credit again, and pays first what is owed."""
    if refund.status == RefundStatus.FAILED:
        return
    _leave(refund)
    _move(refund, RefundStatus.FAILED, failed_at=now, refund_id=refund_id or refund.refund_id, last_error=why[:300])
    post(
        key=f"refund-failed:{refund.reference}",
        kind="refund_failed",
        legs=[debit(STRIPE, refund.amount_cents), credit(available(refund.user), refund.amount_cents)],
        reference=label_of(refund),
        occurred_at=now,
    )
    funding.take_back(refund.top_up_id, refund.amount_cents)
    repaid = debts.collect(learner=refund.user, key=f"refund-failed:{refund.reference}", now=now)
    _tell(refund, FAILED, now, repaid_cents=repaid)


def _leave(refund: Refund) -> None:
    """News may come before the sweep has written that it asked."""
    if refund.status == RefundStatus.DUE:
        _move(refund, RefundStatus.IN_FLIGHT)


def _tell(refund: Refund, kind: str, now: datetime, **facts: int) -> None:
    notify(
        recipient=refund.user,
        kind=kind,
        url=reverse("billing:credit"),
        reference=label_of(refund),
        context={"refund": refund, **facts},
        now=now,
    )


def _lock(refund: Refund) -> Refund:
    """The row, behind the credit it may come back to."""
    lock_account(available(refund.user))
    return Refund.objects.select_for_update(of=("self",)).select_related("user", "top_up").get(pk=refund.pk)


def _move(refund: Refund, to: RefundStatus, **facts: str | int | datetime | None) -> None:
    """The only writer of a refund's status; the row is locked."""
    check_move(REFUND_ALLOWED, refund.status, to)
    refund.status = to
    for name, value in facts.items():
        setattr(refund, name, value)
    refund.save(update_fields=["status", *facts])
