"""Sending the mentors' net, 48 to 72 hours after each session (SK-44): claim, call without a lock, record.

A worker may die anywhere: whoever takes the payout again asks Stripe with the same keys, so a transfer is made once.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from billing.gateway import GatewayError, Refused, Transfer, TransferOrder, get_gateway
from billing.ledger import credit, debit, post
from billing.ledger.accounts import STRIPE, pending
from billing.models import ConnectedAccount, Payout, PayoutPart
from billing.models.payouts import PayoutQuerySet
from billing.services import onboarding, payments
from billing.signals import payout_changed
from billing.states import PAYOUT_ALLOWED, PayoutStatus
from core import clock, values
from core.states import check_move
from notifications.services import notify

log = logging.getLogger(__name__)

SENT = "billing.payout_sent"
# Longer than a call with its retries: a claim this old belongs to nobody.
STALE = timedelta(minutes=10)
# After each definite refusal; then staff.
DELAYS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
WHILE_ACCOUNT_CLOSED = timedelta(hours=1)
BATCH = 200


def sweep_payouts(*, now: datetime | None = None) -> int:
    """Send what is due, one payout at a time; how many were sent."""
    moment = now or clock.now()
    sent = 0
    for _number in range(BATCH):
        payout = _claim(moment)
        if payout is None:
            break
        sent += send(payout, now=moment)
    _alarm(moment)
    return sent


@transaction.atomic
def _claim(now: datetime) -> Payout | None:
    payout = (
        Payout.objects.claimable(now, now - STALE)
        .select_for_update(skip_locked=True)
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if payout is None:
        return None
    if payout.status == PayoutStatus.SCHEDULED:
        _move(payout, PayoutStatus.IN_FLIGHT, claimed_at=now)
    else:
        Payout.objects.filter(pk=payout.pk).update(claimed_at=now)
    return payout


def send(payout: Payout, *, now: datetime) -> bool:
    """Make the transfers of a claimed payout. Never inside a transaction. True when all are made."""
    try:
        destination = _destination(payout, now)
        if destination is None:
            _put_back(payout, now + WHILE_ACCOUNT_CLOSED, "account not active")
            return False
        for part in payout.parts.filter(transfer_id="").select_related("top_up").order_by("pk"):
            _record_part(part, _transfer(payout, part, destination))
    except Refused as error:
        _refused(payout, error, now)
        return False
    except GatewayError as error:
        # Perhaps done: the payout stays in flight and is taken again, with the same keys.
        log.warning("payout %s is in doubt: %s", payout, error)
        Payout.objects.filter(pk=payout.pk).update(last_error=str(error)[:300])
        return False
    return _finish(payout, now)


def _destination(payout: Payout, now: datetime) -> ConnectedAccount | None:
    """The mentor's account, if Stripe lets it receive money at this moment."""
    account = ConnectedAccount.objects.filter(user_id=payout.mentor_id).first()
    if account is None:
        return None
    account = onboarding.refresh_account(account=account, now=now)
    return account if account.is_payable else None


def _transfer(payout: Payout, part: PayoutPart, destination: ConnectedAccount) -> Transfer:
    """Ask for one transfer. A part asked for before is first looked for: Stripe forgets keys after a day."""
    if part.asked_at is not None and (made := _find_made(part)):
        return made
    PayoutPart.objects.filter(pk=part.pk, asked_at=None).update(asked_at=clock.now())
    order = TransferOrder(
        amount_cents=part.amount_cents,
        destination=destination.stripe_id,
        source_charge=part.top_up.charge_id,
        description=payout.settlement.label,
        metadata={"payout": payout.reference, "part": str(part.pk)},
    )
    try:
        return get_gateway().transfer(order, key=f"payout:{payout.reference}:{part.pk}:{part.attempt}")
    except Refused:
        # Nothing was done under this key, and Stripe would repeat its refusal: the next try is a new question.
        PayoutPart.objects.filter(pk=part.pk).update(attempt=F("attempt") + 1, asked_at=None)
        raise


def _find_made(part: PayoutPart) -> Transfer | None:
    rows = get_gateway().list_transfers(group=payments.group_of(part.top_up))
    return next((row for row in rows if row.metadata.get("part") == str(part.pk)), None)


def _record_part(part: PayoutPart, transfer: Transfer) -> None:
    PayoutPart.objects.filter(pk=part.pk, transfer_id="").update(transfer_id=transfer.id)


@transaction.atomic
def _finish(payout: Payout, now: datetime) -> bool:
    """All parts are made: the ledger, the status, the mentor's notice."""
    payout = _lock(payout)
    if payout.status != PayoutStatus.IN_FLIGHT or payout.parts.filter(transfer_id="").exists():
        return False
    post(
        key=f"payout:{payout.pk}",
        kind="payout",
        legs=[debit(pending(payout.mentor), payout.amount_cents), credit(STRIPE, payout.amount_cents)],
        reference=payout.settlement.reference,
        occurred_at=now,
    )
    _move(payout, PayoutStatus.PAID, paid_at=now, last_error="")
    notify(
        recipient=payout.mentor,
        kind=SENT,
        url=reverse("billing:earnings"),
        reference=payout.settlement.reference,
        context={"payout": payout, "settlement": payout.settlement},
    )
    payout_changed.send(sender=Payout, payout=payout)
    return True


@transaction.atomic
def _put_back(payout: Payout, next_attempt_at: datetime, why: str) -> None:
    payout = _lock(payout)
    if payout.status == PayoutStatus.IN_FLIGHT:
        _move(payout, PayoutStatus.SCHEDULED, next_attempt_at=next_attempt_at, last_error=why)


@transaction.atomic
def _refused(payout: Payout, error: Refused, now: datetime) -> None:
    """A definite no: try again later, then leave it to staff."""
    payout = _lock(payout)
    if payout.status != PayoutStatus.IN_FLIGHT:
        return
    tries, why = payout.attempts + 1, f"{error.code}: {error}"[:300]
    if tries <= len(DELAYS):
        delay = DELAYS[tries - 1]
        _move(payout, PayoutStatus.SCHEDULED, attempts=tries, next_attempt_at=now + delay, last_error=why)
        return
    log.error("payout %s failed: %s", payout, why)
    _move(payout, PayoutStatus.FAILED, attempts=tries, last_error=why)
    payout_changed.send(sender=Payout, payout=payout)


def _lock(payout: Payout) -> Payout:
    return Payout.objects.select_for_update(of=("self",)).select_related("mentor", "settlement").get(pk=payout.pk)


def _alarm(now: datetime) -> None:
    late = overdue(now).count()
    if late:
        log.error("%s payouts are past the time promised to mentors", late)


def overdue(now: datetime) -> PayoutQuerySet:
    """Due and past the 72 hours promised, for staff. Suspended ones wait for a decision instead."""
    promised = values.hours("payout_alarm_hours") - values.hours("payout_delay_hours")
    return Payout.objects.waiting().exclude(status=PayoutStatus.SUSPENDED).filter(due_at__lte=now - promised)


# --- decisions about one payout ---


@transaction.atomic
def suspend_payout(*, reference: str) -> bool:
    """Keep a session's money back (complaint, dispute). False when it is leaving or has left: it must be reversed."""
    payout = _of(reference)
    if payout is None or payout.status not in {PayoutStatus.SCHEDULED, PayoutStatus.SUSPENDED}:
        return False
    if payout.status == PayoutStatus.SCHEDULED:
        _move(payout, PayoutStatus.SUSPENDED)
        payout_changed.send(sender=Payout, payout=payout)
    return True


@transaction.atomic
def resume_payout(*, reference: str, now: datetime | None = None) -> bool:
    """Let a suspended payout leave, or a failed one try again."""
    payout = _of(reference)
    if payout is None or payout.status not in {PayoutStatus.SUSPENDED, PayoutStatus.FAILED}:
        return False
    _move(payout, PayoutStatus.SCHEDULED, attempts=0, next_attempt_at=now or clock.now())
    payout_changed.send(sender=Payout, payout=payout)
    return True


def _of(reference: str) -> Payout | None:
    return Payout.objects.select_for_update().filter(settlement__reference=reference).first()


def _move(payout: Payout, to: PayoutStatus, **facts: str | int | datetime) -> None:
    """The only writer of a payout's status; the row is locked."""
    check_move(PAYOUT_ALLOWED, payout.status, to)
    payout.status = to
    for name, value in facts.items():
        setattr(payout, name, value)
    payout.save(update_fields=["status", *facts])
