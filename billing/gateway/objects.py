"""What Stripe's answers mean for us: small values, no SDK object leaves this package. Amounts are cents of euros."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class PaymentState(StrEnum):
    SUCCEEDED = "succeeded"
    PROCESSING = "processing"
    REQUIRES_ACTION = "requires_action"
    REQUIRES_CARD = "requires_payment_method"
    CANCELED = "canceled"
    OTHER = "other"


@dataclass(frozen=True)
class Payment:
    """A PaymentIntent. The fee is known a little after the payment; until then it is None."""

    id: str
    state: PaymentState
    amount_cents: int
    charge_id: str = ""
    payment_method_id: str = ""
    decline_code: str = ""
    fee_cents: int | None = None
    fee_id: str = ""
    # What the learner may recognize his card by: « Visa », 4242.
    card_brand: str = ""
    card_last4: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


class CheckoutState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Checkout:
    """A payment page at Stripe. `client_reference` is the name of our row."""

    id: str
    state: CheckoutState
    url: str
    client_reference: str
    payment: Payment | None


@dataclass(frozen=True)
class CheckoutOrder:
    """What a payment page is made of."""

    client_reference: str
    customer_id: str
    amount_cents: int
    label: str
    group: str
    success_url: str
    cancel_url: str
    # Real time, from 30 minutes to 24 hours ahead.
    expires_at: datetime
    language: str = "fr"


@dataclass(frozen=True)
class Transfer:
    id: str
    amount_cents: int
    reversed_cents: int
    destination: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class TransferOrder:
    amount_cents: int
    destination: str
    # The card payment that funds it: it may then be sent before that money is available, and joins the payment's group.
    # Empty: it is taken from our available balance, and joins `group`.
    source_charge: str
    description: str
    metadata: Mapping[str, str]
    group: str = ""


@dataclass(frozen=True)
class Reversal:
    """Money taken back from a mentor's account."""

    id: str
    amount_cents: int
    metadata: Mapping[str, str] = field(default_factory=dict)


class RefundState(StrEnum):
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True)
class CardRefund:
    """Money given back to a card. A bank may give it back days after it succeeded: it then failed."""

    id: str
    amount_cents: int
    state: RefundState
    charge_id: str
    failure_reason: str
    metadata: Mapping[str, str]


class DisputeState(StrEnum):
    # The bank asks; no money has moved.
    INQUIRY = "inquiry"
    # The money was withdrawn, and a fee with it.
    OPEN = "open"
    # The money came back, the fee did not.
    WON = "won"
    LOST = "lost"
    # It ended without any money gone.
    CLOSED = "closed"


@dataclass(frozen=True)
class CardDispute:
    """A cardholder asks his bank to take a payment back. `reason` is Stripe's word."""

    id: str
    charge_id: str
    amount_cents: int
    fee_cents: int
    state: DisputeState
    reason: str
    evidence_due_by: datetime | None
    opened_at: datetime


class TransfersState(StrEnum):
    """Whether Stripe lets an account receive transfers."""

    ACTIVE = "active"
    PENDING = "pending"
    RESTRICTED = "restricted"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Account:
    """A mentor's account. `awaits_owner`: he can go on by giving what `requirements_due` names."""

    id: str
    transfers: TransfersState
    awaits_owner: bool
    requirements_due: tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    available_cents: int
    pending_cents: int


@dataclass(frozen=True)
class Movement:
    """One line of our balance at Stripe."""

    id: str
    kind: str
    amount_cents: int
    fee_cents: int
    source: str
    created_at: datetime


@dataclass(frozen=True)
class IncomingEvent:
    """A webhook whose signature was right. Only its type and object count: the object is read back."""

    id: str
    type: str
    object_id: str
    payload: dict[str, Any]
