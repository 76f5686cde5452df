"""Members of the team at their screens of the money, and one row of each list they read."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from billing.models import (
    Adjustment,
    ConnectedAccount,
    Dispute,
    Invoice,
    LedgerAccount,
    LedgerTransaction,
    Payout,
    Refund,
    Settlement,
    StripeEvent,
    StripeImport,
    StripeMovement,
    TopUp,
    TransferReversal,
)
from billing.services.adjustments import adjust
from billing.services.corrections import Proposal, propose
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import CorrectionKind, DisputeStatus, RefundStatus
from core import clock
from tests.billing.money import make_member, make_mentor, make_terms, pay_in

REASON = "Vu avec la comptable au téléphone."
REFERENCE = "booking:a"
PDF = b"%PDF-1.7"
CHANGELIST, CHANGE = "admin:billing_{}_changelist", "admin:billing_{}_change"


def make_staff(*permissions: str, first_name: str = "Sylvie") -> User:
    staff = make_member(first_name, "Équipe")
    staff.is_staff = True
    staff.save(update_fields=["is_staff"])
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="billing", codename__in=permissions))
    return staff


def as_user(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def staff_client(*permissions: str) -> Client:
    return as_user(make_staff(*permissions))


def page_of(response: Any) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


@pytest.fixture
def payout() -> Payout:
    """One hour sold and settled, not sent yet."""
    learner, mentor = make_member(), make_mentor()
    pay_in(learner, 6_000, at=clock.now())
    place_hold(learner=learner, reference=REFERENCE, amount_cents=6_000)
    settle(terms=make_terms(REFERENCE, learner, mentor))
    return Payout.objects.get()


@pytest.fixture
def everything(payout: Payout) -> dict[str, int]:
    """One row of each list, and its number."""
    now = clock.now()
    adjust(reference="complaint:1", subject=REFERENCE, amount_cents=600, reason="Son coupé.")
    top_up = TopUp.objects.get()
    rows = [
        payout,
        top_up,
        Invoice.objects.earliest("pk"),
        LedgerTransaction.objects.earliest("pk"),
        LedgerAccount.objects.get(code="stripe"),
        Settlement.objects.get(),
        Adjustment.objects.get(),
        ConnectedAccount.objects.create(user=payout.mentor, stripe_id="acct_1", requirements_due=["iban"]),
        Refund.objects.create(
            user=top_up.user,
            top_up=top_up,
            amount_cents=100,
            status=RefundStatus.FAILED,
            requested_at=now,
            next_attempt_at=now,
            last_error="expired_or_canceled_card",
        ),
        Dispute.objects.create(
            stripe_id="dp_1",
            top_up=top_up,
            amount_cents=6_000,
            status=DisputeStatus.OPEN,
            reason="product_not_received",
            opened_at=now,
        ),
        StripeEvent.objects.create(
            event_id="evt_1", type="charge.refunded", payload={}, received_at=now, handled_at=None, next_attempt_at=None
        ),
        StripeMovement.objects.create(
            stripe_id="txn_1", kind="charge", amount_cents=6_000, fee_cents=115, source="ch_1", created_at=now
        ),
        StripeImport.objects.create(until=now, finished_at=now, movements=1),
        TransferReversal.objects.create(
            part=payout.parts.get(), amount_cents=480, cause="complaint:1", next_attempt_at=now, created_at=now
        ),
        propose(by=make_staff(), proposal=Proposal(CorrectionKind.GOODWILL, 500, REASON, top_up.user)),
    ]
    return {row._meta.model_name or "": row.pk for row in rows}
