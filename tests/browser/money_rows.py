"""Rows of money that comes back, of which the demo has none. They are only looked at: no money moves for them."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import Model

from accounts.models import User
from billing.models import (
    Adjustment,
    Correction,
    Dispute,
    LedgerAccount,
    PayoutPart,
    Refund,
    Settlement,
    StripeEvent,
    StripeImport,
    StripeMovement,
    TopUp,
    TransferReversal,
)
from billing.services.corrections import Proposal, propose
from billing.states import CorrectionKind, DisputeStatus, RefundStatus, ReversalStatus
from demo.people import LEARNERS, MENTORS

Finder = Callable[[], tuple[object, ...]]
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def made(model: type[Model], **fields: object) -> Finder:
    """The first row, or one with these values; a function gives what is only known then."""

    def find() -> tuple[object, ...]:
        found = model._default_manager.first()
        if found is None:
            given = {name: value() if callable(value) else value for name, value in fields.items()}
            found = model._default_manager.create(**given)
        return (found.pk,)

    return find


def payment() -> TopUp:
    return TopUp.objects.exclude(charge_id="").earliest("pk")


def payer() -> User:
    return payment().user


def sold() -> Settlement:
    return Settlement.objects.filter(charged_cents__gt=0).earliest("pk")


def part() -> PayoutPart:
    return PayoutPart.objects.earliest("pk")


def correction() -> tuple[object, ...]:
    """Proposed by somebody else than who looks at it."""
    by = User.objects.get(email=MENTORS[0].email)
    member = User.objects.get(email=LEARNERS["lea"].email)
    proposal = Proposal(CorrectionKind.GOODWILL, 1_500, "Session interrompue par une panne.", member)
    return (propose(by=by, proposal=proposal, reference="visits2345678999").pk,)


def available_account() -> tuple[object, ...]:
    return (LedgerAccount.objects.filter(code="learner.available").earliest("pk").pk,)


ROWS: dict[type[Model], Finder] = {
    Correction: correction,
    Refund: made(
        Refund,
        user=payer,
        top_up=payment,
        amount_cents=100,
        status=RefundStatus.FAILED,
        requested_at=LATER,
        next_attempt_at=LATER,
        last_error="expired_or_canceled_card",
    ),
    TransferReversal: made(
        TransferReversal,
        part=part,
        amount_cents=100,
        cause="complaint:1",
        status=ReversalStatus.REFUSED,
        next_attempt_at=LATER,
        created_at=LATER,
    ),
    Dispute: made(
        Dispute,
        stripe_id="dp_1",
        top_up=payment,
        amount_cents=100,
        status=DisputeStatus.INQUIRY,
        reason="fraudulent",
        opened_at=LATER,
    ),
    StripeMovement: made(StripeMovement, stripe_id="txn_1", kind="charge", amount_cents=100, created_at=LATER),
    StripeImport: made(StripeImport, until=LATER, finished_at=LATER, movements=1),
    StripeEvent: made(StripeEvent, event_id="evt_1", type="charge.refunded", payload={}, received_at=LATER),
    Adjustment: made(
        Adjustment,
        reference="complaint:1",
        settlement=sold,
        amount_cents=100,
        net_cents=80,
        commission_cents=20,
        commission_vat_cents=0,
        vat_cents=0,
        reason="Son coupé.",
        decided_at=LATER,
    ),
}
