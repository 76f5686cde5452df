"""Which ledger transaction says the same as a line of Stripe's.

What Stripe does by itself (its fees, what it sends to our bank) is written on the ledger here; what should have reached
us otherwise is read back. Speaks to Stripe: never inside a transaction.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum

from billing.gateway import GatewayError, get_gateway
from billing.ledger import credit, debit, post
from billing.ledger.accounts import BANK, DISPUTE_FEES, PSP_FEES, STRIPE, AccountSpec
from billing.models import (
    LedgerEntry,
    LedgerTransaction,
    PayoutPart,
    Refund,
    StripeMovement,
    TopUp,
    TransferReversal,
)
from billing.services import disputes, refunds

log = logging.getLogger(__name__)

# The team is shown a line nobody explains after this, not before.
UNEXPLAINED_AFTER = timedelta(hours=1)
# Finds the key of the ledger transaction that should say the same as a line; empty: none to be expected (yet).
Finder = Callable[[StripeMovement, datetime], str]


def match_open(*, now: datetime) -> int:
    """Try again each line that has no ledger transaction; how many found theirs."""
    lines = StripeMovement.objects.filter(Q(ledger_key="") | Q(fee_key="") & ~Q(fee_cents=0))
    return sum(_match(line, now) for line in lines.order_by("created_at", "pk"))


def _match(line: StripeMovement, now: datetime) -> bool:
    finder = FINDERS.get(line.kind, _correction)
    key = line.ledger_key or finder(line, now) or _correction(line, now)
    if not key or not _is_said(key):
        return False
    with transaction.atomic():
        line.ledger_key = key
        line.fee_key = _fee_key(line, key, now) if line.fee_cents else ""
        line.save(update_fields=["ledger_key", "fee_key"])
    return True


def _fee_key(line: StripeMovement, key: str, now: datetime) -> str:
    """Stripe's fee on a line: said together with it, or in a transaction of its own, written now if nobody did."""
    if _said_cents(key) == line.amount_cents - line.fee_cents:
        return key
    return _post_fee(line, DISPUTE_FEES if line.kind == "adjustment" else PSP_FEES, line.fee_cents, now)


def _is_said(key: str) -> bool:
    return LedgerTransaction.objects.filter(key=key).exists()


def _said_cents(key: str) -> int:
    """What a ledger transaction says of our balance at Stripe."""
    entries = LedgerEntry.objects.filter(transaction__key=key, account__code=STRIPE.code)
    return int(entries.aggregate(cents=Sum("amount"))["cents"] or 0)


# --- what others wrote ---


def _charge(line: StripeMovement, _now: datetime) -> str:
    top_up = TopUp.objects.filter(charge_id=line.source).exclude(charge_id="").first()
    return f"topup:{top_up.payment_intent_id}" if top_up else ""


def _transfer(line: StripeMovement, _now: datetime) -> str:
    part = PayoutPart.objects.filter(transfer_id=line.source).exclude(transfer_id="").first()
    if part is None:
        return ""
    key = f"payout:{part.payout_id}:{part.pk}"
    # Earlier payouts were written whole.
    return key if _is_said(key) else f"payout:{part.payout_id}"


def _reversal(line: StripeMovement, _now: datetime) -> str:
    row = TransferReversal.objects.filter(reversal_id=line.source).exclude(reversal_id="").first()
    return f"reversal:{row.reference}" if row else ""


def _refund(line: StripeMovement, now: datetime) -> str:
    refund = _find_refund(line, now)
    return f"refund:{refund.reference}" if refund else ""


def _refund_failed(line: StripeMovement, now: datetime) -> str:
    refund = _find_refund(line, now)
    if refund is None:
        return ""
    key = f"refund-failed:{refund.reference}"
    if not _is_said(key):
        _read_refund(line, now)
    return key


def _find_refund(line: StripeMovement, now: datetime) -> Refund | None:
    known = Refund.objects.filter(refund_id=line.source).exclude(refund_id="").first()
    return known or _read_refund(line, now)


def _read_refund(line: StripeMovement, now: datetime) -> Refund | None:
    """Ask Stripe about a refund whose news did not reach us."""
    try:
        found = get_gateway().retrieve_refund(line.source)
    except GatewayError as error:
        log.warning("refund %s was not read: %s", line.source, error)
        return None
    refund = refunds.find_refund(found)
    return refunds.apply_refund(refund, found, now=now) if refund else None


def _dispute(line: StripeMovement, now: datetime) -> str:
    """Withdrawn, or given back; other adjustments are no dispute's."""
    if not line.source.startswith(("dp_", "du_")):
        return ""
    key = f"dispute:{line.source}:{'opened' if line.amount_cents < 0 else 'won'}"
    if not _is_said(key):
        disputes.read_dispute(line.source, now=now)
    return key


def _correction(line: StripeMovement, _now: datetime) -> str:
    """A line the team explained by a correction of the same amount, which stands for this line alone."""
    taken = StripeMovement.objects.exclude(ledger_key="").values("ledger_key")
    said = (
        LedgerTransaction.objects.filter(kind="correction", entries__account__code=STRIPE.code)
        .filter(entries__amount=line.amount_cents - line.fee_cents, created_at__gt=line.created_at + UNEXPLAINED_AFTER)
        .exclude(key__in=taken)
    )
    return said.values_list("key", flat=True).order_by("pk").first() or ""


# --- what Stripe does by itself ---


def _bank(line: StripeMovement, now: datetime) -> str:
    """Between our balance at Stripe and our bank, either way."""
    key = f"bank:{line.stripe_id}"
    _post(key, "bank", BANK, -line.amount_cents, now)
    return key


def _own_fee(line: StripeMovement, now: datetime) -> str:
    return _post_fee(line, PSP_FEES, -line.amount_cents, now)


def _post_fee(line: StripeMovement, account: AccountSpec, cents: int, now: datetime) -> str:
    key = f"fee:{line.stripe_id}"
    _post(key, "dispute_fee" if account == DISPUTE_FEES else "psp_fee", account, cents, now)
    return key


def _post(key: str, kind: str, account: AccountSpec, cents: int, now: datetime) -> None:
    """From our balance at Stripe to `account`; a negative amount came back."""
    post(key=key, kind=kind, legs=[debit(account, cents), credit(STRIPE, cents)], occurred_at=now)


FINDERS: dict[str, Finder] = {
    "charge": _charge,
    "payment": _charge,
    "transfer": _transfer,
    "transfer_refund": _reversal,
    "refund": _refund,
    "payment_refund": _refund,
    "refund_failure": _refund_failed,
    "payment_failure_refund": _refund_failed,
    "adjustment": _dispute,
    "payout": _bank,
    "payout_cancel": _bank,
    "payout_failure": _bank,
    "topup": _bank,
    "topup_reversal": _bank,
    "stripe_fee": _own_fee,
    "network_cost": _own_fee,
    "tax_fee": _own_fee,
}
