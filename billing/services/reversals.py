"""Taking money back from a mentor's Stripe account after a decision. He owes it on the ledger from the decision on.

Like payouts: claim, call without a lock, record. What Stripe refuses stays a debt, kept from the next payouts.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from billing import rules
from billing.gateway import GatewayError, Refused, Reversal, get_gateway
from billing.ledger import credit, debit, post
from billing.ledger.accounts import STRIPE, recoverable
from billing.models import TransferReversal
from billing.services._payout_moves import lock
from billing.states import REVERSAL_ALLOWED, PayoutStatus, ReversalStatus
from core import clock
from core.states import check_move

log = logging.getLogger(__name__)

# Longer than a call with its retries: a claim this old belongs to nobody.
STALE = timedelta(minutes=10)
BATCH = 200
NEVER_SENT = "the transfer was never made"


@dataclass(frozen=True)
class _Claim:
    """`is_perhaps_done`: somebody asked before, or may have, and nobody knows the answer."""

    reversal: TransferReversal
    is_perhaps_done: bool


def sweep_reversals(*, now: datetime | None = None) -> int:
    """Ask for what is due, one at a time; how much was taken back, in cents."""
    moment = now or clock.now()
    taken = 0
    for _number in range(BATCH):
        claim = _claim(moment)
        if claim is None:
            break
        if claim.reversal.status == ReversalStatus.IN_FLIGHT and _carry_out(claim, moment):
            taken += claim.reversal.amount_cents
    return taken


@transaction.atomic
def _claim(now: datetime) -> _Claim | None:
    """The next one, in flight; or refused at once when there is no transfer it could take from."""
    reversal = (
        TransferReversal.objects.claimable(now, now - STALE)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("part__payout__mentor", "part__payout__settlement")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if reversal is None:
        return None
    if reversal.status == ReversalStatus.IN_FLIGHT:
        TransferReversal.objects.filter(pk=reversal.pk).update(claimed_at=now)
        return _Claim(reversal, is_perhaps_done=True)
    _move(reversal, ReversalStatus.IN_FLIGHT, claimed_at=now)
    if not reversal.part.transfer_id:
        _decide_without_transfer(reversal, now)
    return _Claim(reversal, is_perhaps_done=rules.is_long_due(reversal.created_at, now))


def _decide_without_transfer(reversal: TransferReversal, now: datetime) -> None:
    """Nothing left: what the mentor owes reduces that payout. Unless it is being sent just now: look again later."""
    payout = lock(reversal.part.payout)
    reversal.part.refresh_from_db(fields=["transfer_id", "asked_at"])
    if reversal.part.transfer_id:
        return
    if reversal.part.asked_at or payout.status == PayoutStatus.IN_FLIGHT:
        _move(reversal, ReversalStatus.DUE, next_attempt_at=now)
    else:
        _move(reversal, ReversalStatus.REFUSED, last_error=NEVER_SENT)


def _carry_out(claim: _Claim, now: datetime) -> bool:
    """Never inside a transaction. True when the money is back."""
    reversal = claim.reversal
    try:
        found = _find_made(reversal) if claim.is_perhaps_done else None
        answer = found or _reverse(reversal)
    except GatewayError as error:
        # Perhaps done: it stays in flight and is taken again, with the same key, looking first.
        log.warning("reversal %s is in doubt: %s", reversal, error)
        TransferReversal.objects.filter(pk=reversal.pk).update(last_error=str(error)[:300])
        return False
    return _refuse(reversal, answer) if isinstance(answer, Refused) else _record(reversal, answer, now)


def _find_made(reversal: TransferReversal) -> Reversal | None:
    rows = get_gateway().list_reversals(reversal.part.transfer_id)
    return next((row for row in rows if row.metadata.get("reversal") == reversal.reference), None)


def _reverse(reversal: TransferReversal) -> Reversal | Refused:
    try:
        return get_gateway().reverse_transfer(
            reversal.part.transfer_id,
            amount_cents=reversal.amount_cents,
            reference=reversal.reference,
            key=f"reversal:{reversal.reference}:{reversal.attempt}",
        )
    except Refused as error:
        return error


@transaction.atomic
def _record(reversal: TransferReversal, made: Reversal, now: datetime) -> bool:
    reversal = _lock(reversal)
    if reversal.status != ReversalStatus.IN_FLIGHT:
        return False
    _move(reversal, ReversalStatus.DONE, reversal_id=made.id, done_at=now, last_error="")
    payout = reversal.part.payout
    post(
        key=f"reversal:{reversal.reference}",
        kind="reversal",
        legs=[debit(STRIPE, reversal.amount_cents), credit(recoverable(payout.mentor), reversal.amount_cents)],
        reference=payout.settlement.reference,
        occurred_at=now,
    )
    return True


@transaction.atomic
def _refuse(reversal: TransferReversal, error: Refused) -> bool:
    """The account is empty, or closed."""
    reversal = _lock(reversal)
    if reversal.status == ReversalStatus.IN_FLIGHT:
        log.warning("reversal %s was refused: %s", reversal, error)
        _move(reversal, ReversalStatus.REFUSED, last_error=f"{error.code}: {error}"[:300])
    return False


def _lock(reversal: TransferReversal) -> TransferReversal:
    rows = TransferReversal.objects.select_for_update(of=("self",))
    return rows.select_related("part__payout__mentor", "part__payout__settlement").get(pk=reversal.pk)


def _move(reversal: TransferReversal, to: ReversalStatus, **facts: str | datetime) -> None:
    """The only writer of a reversal's status; the row is locked."""
    check_move(REVERSAL_ALLOWED, reversal.status, to)
    reversal.status = to
    for name, value in facts.items():
        setattr(reversal, name, value)
    reversal.save(update_fields=["status", *facts])
