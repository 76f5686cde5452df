"""Sending the mentors' net, 48 to 72 hours after each session (SK-44): claim, call without a lock, record.

A worker may die anywhere: whoever takes the payout again asks Stripe with the same keys, so a transfer is made once.
What was not asked yet may still shrink or be suspended: each question is prepared under the payout's lock.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from billing import rules
from billing.gateway import GatewayError, Refused, Transfer, TransferOrder, get_gateway
from billing.ledger import credit, debit, post
from billing.ledger.accounts import STRIPE, pending
from billing.models import ConnectedAccount, LedgerTransaction, Payout, PayoutPart
from billing.models.payouts import PayoutQuerySet
from billing.services import onboarding, payments, payout_news, suspensions
from billing.services._payout_moves import _move, announce, end, lock
from billing.services.set_offs import set_off
from billing.states import PayoutStatus
from core import clock, values

log = logging.getLogger(__name__)

# Longer than a call with its retries: a claim this old belongs to nobody.
STALE = timedelta(minutes=10)
# After each definite refusal; then staff.
DELAYS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
WHILE_ACCOUNT_CLOSED = timedelta(hours=1)
BATCH = 200


class _NotPayable(Exception):
    """Stripe lets the mentor's account receive nothing at this moment."""


@dataclass(frozen=True)
class _Question:
    """A transfer about to be asked for; `is_perhaps_done`: it was before, or may have been."""

    part: PayoutPart
    is_perhaps_done: bool


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
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("mentor", "settlement")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if payout is None:
        return None
    if payout.status == PayoutStatus.SCHEDULED:
        _move(payout, PayoutStatus.IN_FLIGHT, claimed_at=now)
    else:
        Payout.objects.filter(pk=payout.pk).update(claimed_at=now)
    set_off(payout, now)
    return payout


def send(payout: Payout, *, now: datetime) -> bool:
    """Make the transfers of a claimed payout. Never inside a transaction. True when all are made."""
    try:
        if unsent := list(payout.parts.unsent().order_by("pk").values_list("pk", flat=True)):
            destination = _destination(payout, now)
            for part_id in unsent:
                _send_part(payout, part_id, destination, now)
    except _NotPayable:
        _put_back(payout, now + WHILE_ACCOUNT_CLOSED, "account not active", now)
        return False
    except Refused as error:
        _refused(payout, error, now)
        return False
    except GatewayError as error:
        # Perhaps done: the payout stays in flight and is taken again, with the same keys.
        log.warning("payout %s is in doubt: %s", payout, error)
        Payout.objects.filter(pk=payout.pk).update(last_error=str(error)[:300])
        return False
    return _finish(payout, now)


def _destination(payout: Payout, now: datetime) -> ConnectedAccount:
    """The mentor's account, as Stripe describes it at this moment."""
    account = ConnectedAccount.objects.filter(user_id=payout.mentor_id).first()
    if account is None or not onboarding.refresh_account(account=account, now=now).is_payable:
        raise _NotPayable
    return account


# --- one transfer ---


def _send_part(payout: Payout, part_id: int, destination: ConnectedAccount, now: datetime) -> None:
    question = _prepare(payout, part_id, now)
    if question is None:
        return
    # Stripe forgets keys after a day: what may have been asked before is looked for first.
    made = _find_made(question.part) if question.is_perhaps_done else None
    transfer = made or _transfer(payout, question.part, destination, now)
    _record(payout, question.part, transfer, now)


@transaction.atomic
def _prepare(payout: Payout, part_id: int, now: datetime) -> _Question | None:
    """Note that Stripe is asked for this part, as it is now. None when there is nothing to ask any more.

    From here on a complaint finds the part leaving, and a debt finds nothing to keep.
    """
    payout = lock(payout)
    part = PayoutPart.objects.select_related("top_up").get(pk=part_id)
    if part.transfer_id or not part.amount_cents:
        return None
    if part.asked_at is not None:
        return _Question(part, is_perhaps_done=True)
    if payout.status != PayoutStatus.IN_FLIGHT or _is_kept_back(payout, now):
        return None
    PayoutPart.objects.filter(pk=part.pk).update(asked_at=clock.now())
    return _Question(part, is_perhaps_done=rules.is_long_due(payout.due_at, now))


def _is_kept_back(payout: Payout, now: datetime) -> bool:
    """Suspend a payout of which something disputed, or something a cause was noted for meanwhile, has not left."""
    disputes = suspensions.dispute_causes(payout.parts.unsent().values_list("top_up_id", flat=True))
    suspensions.note_causes(payout, disputes, now)
    causes = suspensions.causes_of(payout)
    if causes:
        _return(payout, causes, now, next_attempt_at=now)
    return bool(causes)


def _find_made(part: PayoutPart) -> Transfer | None:
    rows = get_gateway().list_transfers(group=payments.group_of(part.top_up))
    return next((row for row in rows if row.metadata.get("part") == str(part.pk)), None)


def _transfer(payout: Payout, part: PayoutPart, destination: ConnectedAccount, now: datetime) -> Transfer:
    order = TransferOrder(
        amount_cents=part.amount_cents,
        destination=destination.stripe_id,
        source_charge="" if part.is_from_balance else part.top_up.charge_id,
        description=payout.settlement.label,
        metadata={"payout": payout.reference, "part": str(part.pk)},
        group=payments.group_of(part.top_up),
    )
    try:
        return get_gateway().transfer(order, key=f"payout:{payout.reference}:{part.pk}:{part.attempt}")
    except Refused:
        _forget_question(payout, part, now)
        raise


def _forget_question(payout: Payout, part: PayoutPart, now: datetime) -> None:
    """Nothing was done under this key, and Stripe would repeat its refusal: the next try is a new question.

    When the account can receive, the card payment is the trouble: the platform's own balance pays instead.
    """
    asked = PayoutPart.objects.filter(pk=part.pk, attempt=part.attempt, transfer_id="")
    asked.update(attempt=F("attempt") + 1, asked_at=None)
    _destination(payout, now)
    PayoutPart.objects.filter(pk=part.pk, transfer_id="", asked_at=None).update(is_from_balance=True)


@transaction.atomic
def _record(payout: Payout, part: PayoutPart, transfer: Transfer, now: datetime) -> None:
    """The transfer and its entry, together: what is left of `mentor.pending` is always what was not sent."""
    if transfer.amount_cents != part.amount_cents:
        raise RuntimeError(f"{payout}: {transfer.amount_cents} cents were sent, {part.amount_cents} were asked")
    if PayoutPart.objects.filter(pk=part.pk, transfer_id="").update(transfer_id=transfer.id):
        _post(payout, [part], now)


def _post(payout: Payout, parts: Sequence[PayoutPart], now: datetime) -> None:
    for part in parts:
        post(
            key=_key(part),
            kind="payout",
            legs=[debit(pending(payout.mentor), part.amount_cents), credit(STRIPE, part.amount_cents)],
            reference=payout.settlement.reference,
            occurred_at=now,
        )


def _key(part: PayoutPart) -> str:
    return f"payout:{part.payout_id}:{part.pk}"


# --- what becomes of the payout ---


@transaction.atomic
def _finish(payout: Payout, now: datetime) -> bool:
    """Nothing is left to send: the status, the mentor's notice. False when something is, or somebody else was first."""
    payout = lock(payout)
    parts = list(payout.parts.order_by("pk"))
    if payout.status != PayoutStatus.IN_FLIGHT or any(part.amount_cents and not part.transfer_id for part in parts):
        return False
    sent = [part for part in parts if part.transfer_id]
    _post_missing(payout, sent, now)
    if not sent and not payout.set_off_cents:
        # A decision took all of it after it was claimed.
        end(payout, PayoutStatus.CANCELED, now)
    else:
        end(payout, PayoutStatus.PAID, now, paid_at=now, last_error="")
        payout_news.tell_sent(payout, now=now)
    announce(payout)
    return payout.status == PayoutStatus.PAID


def _post_missing(payout: Payout, sent: Sequence[PayoutPart], now: datetime) -> None:
    """Transfers noted by the version before this one, which posted a payout as a whole at its end."""
    known = LedgerTransaction.objects.filter(key__in=[_key(part) for part in sent]).values_list("key", flat=True)
    written = set(known)
    _post(payout, [part for part in sent if _key(part) not in written], now)


@transaction.atomic
def _put_back(payout: Payout, next_attempt_at: datetime, why: str, now: datetime) -> None:
    payout = lock(payout)
    if payout.status == PayoutStatus.IN_FLIGHT:
        causes = suspensions.causes_of(payout)
        _return(payout, causes, now, next_attempt_at=next_attempt_at, last_error=why)


@transaction.atomic
def _refused(payout: Payout, error: Refused, now: datetime) -> None:
    """A definite no: try again later, then leave it to staff."""
    payout = lock(payout)
    if payout.status != PayoutStatus.IN_FLIGHT:
        return
    tries, why = payout.attempts + 1, f"{error.code}: {error}"[:300]
    causes = suspensions.causes_of(payout)
    if causes or tries <= len(DELAYS):
        delay = DELAYS[min(tries, len(DELAYS)) - 1]
        _return(payout, causes, now, attempts=tries, next_attempt_at=now + delay, last_error=why)
        return
    log.error("payout %s failed: %s", payout, why)
    _move(payout, PayoutStatus.FAILED, attempts=tries, last_error=why)
    payout_news.tell_failed(payout, now=now)
    announce(payout)


def _return(payout: Payout, causes: Sequence[str], now: datetime, **facts: str | int | datetime) -> None:
    """Out of flight: to be tried again, or to wait for what was noted while it was on its way."""
    _move(payout, PayoutStatus.SCHEDULED, **facts)
    if causes:
        suspensions.stop(payout, causes[0], now)


def _alarm(now: datetime) -> None:
    late = overdue(now).count()
    if late:
        log.error("%s payouts are past the time promised to mentors", late)


def overdue(now: datetime) -> PayoutQuerySet:
    """Past the 72 hours promised, for staff."""
    return Payout.objects.overdue(now, values.hours("payout_alarm_hours") - values.hours("payout_delay_hours"))
