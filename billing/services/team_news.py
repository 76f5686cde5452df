"""What the team is told, whoever may see the rows concerned: a payout given up, a payment contested."""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.urls import reverse

from accounts.models import User
from billing.models import Dispute, Payout
from notifications.services import notify

PAYOUT_GIVEN_UP = "billing.payout_given_up"
PAYMENT_CONTESTED = "billing.payment_contested"


def tell_given_up(payout: Payout, *, now: datetime) -> None:
    """No more tries: it leaves when somebody lets it try again."""
    _tell(
        "billing.view_payout",
        PAYOUT_GIVEN_UP,
        url=reverse("admin:billing_payout_change", args=[payout.pk]),
        reference=payout.settlement.reference,
        context={"payout": payout, "settlement": payout.settlement},
        now=now,
    )


def tell_contested(dispute: Dispute, *, now: datetime) -> None:
    """The evidence has a last day, and nobody else gives it."""
    _tell(
        "billing.view_dispute",
        PAYMENT_CONTESTED,
        url=reverse("admin:billing_dispute_change", args=[dispute.pk]),
        reference=f"dispute:{dispute.stripe_id}",
        context={"dispute": dispute, "learner": dispute.top_up.user},
        now=now,
    )


def _tell(permission: str, kind: str, *, url: str, reference: str, context: dict[str, Any], now: datetime) -> None:
    for person in _who_may(permission):
        notify(recipient=person, kind=kind, url=url, reference=reference, context=context, now=now)


def _who_may(permission: str) -> list[User]:
    return list(ModelBackend().with_perm(permission).filter(is_staff=True).order_by("pk"))
