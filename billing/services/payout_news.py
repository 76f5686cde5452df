"""What the mentor is told of his payouts (N-19), in the transaction of the fact. Money notices cannot be muted."""

from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from billing import causes
from billing.models import Adjustment, ConnectedAccount, Invoice, Payout
from billing.services import team_news
from billing.states import DocumentKind, PayoutStatus
from core import values
from notifications.services import notify

SENT = "billing.payout_sent"
FAILED = "billing.payout_failed"
SUSPENDED = "billing.payout_suspended"
RELEASED = "billing.payout_released"
REDUCED = "billing.payout_reduced"


def tell_sent(payout: Payout, *, now: datetime) -> None:
    """On its way to his bank, or all of it kept for what he owed."""
    rows = Invoice.objects.without_files().filter(subject=payout.settlement.reference, kind=DocumentKind.INVOICE)
    _tell(payout, SENT, now, invoice=rows.first(), vat_cents=_vat_of(payout))


def tell_failed(payout: Payout, *, now: datetime) -> None:
    """Given up after its tries: the team takes over."""
    _tell(payout, FAILED, now, account=ConnectedAccount.objects.filter(user_id=payout.mentor_id).first())
    team_news.tell_given_up(payout, now=now)


def tell_suspended(payout: Payout, *, cause: str, now: datetime) -> None:
    _tell(payout, SUSPENDED, now, why=causes.sentence(cause))


def tell_released(payout: Payout, *, now: datetime) -> None:
    """Nothing holds it back any more: it leaves at its date, or with the next sweep when that date has passed."""
    margin = values.hours("payout_alarm_hours") - values.hours("payout_delay_hours")
    _tell(payout, RELEASED, now, before=payout.due_at + margin if payout.due_at > now else None)


def tell_reduced(payout: Payout, *, adjustment: Adjustment, now: datetime) -> None:
    """Part of the price was given back to the learner, before or after the money left."""
    has_left = payout.status in {PayoutStatus.PAID, PayoutStatus.IN_FLIGHT}
    _tell(payout, REDUCED, now, adjustment=adjustment, has_left=has_left)


def _vat_of(payout: Payout) -> int:
    """The mentor's own VAT in what the learner paid in the end."""
    given_back = payout.settlement.adjustments.aggregate(cents=Sum("vat_cents", default=0))["cents"]
    return payout.settlement.vat_cents - int(given_back)


def _tell(payout: Payout, kind: str, now: datetime, **context: Any) -> None:
    notify(
        recipient=payout.mentor,
        kind=kind,
        url=reverse("billing:payout", args=[payout.reference]),
        reference=payout.settlement.reference,
        context={"payout": payout, "settlement": payout.settlement, **context},
        now=now,
    )
