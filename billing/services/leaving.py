"""The money of a member who closed his account: all that a card paid goes back to it, as soon as it is free (K-34).

A sweep, not an answer: sessions that are canceled free their money a moment later, and a payment may still arrive.
"""

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import Closing, User
from billing.models import Refund, TopUp
from billing.selectors import refundable_cents
from billing.services.refunds import request_refund
from billing.states import RefundStatus
from core import clock
from core.errors import DomainError

log = logging.getLogger(__name__)


def due_credit_ids(*, limit: int = 200) -> list[int]:
    """Members who are gone and whose credit a card can take. A card that gave it back is the team's affair."""
    gone = Closing.objects.gone().filter(user=OuterRef("user"))
    refused = Refund.objects.filter(user=OuterRef("user"), status=RefundStatus.FAILED)
    rows = TopUp.objects.filter(Exists(gone)).exclude(Exists(refused)).refundable()
    return sorted({top_up.user_id for top_up in rows[:limit]})


def return_credit(*, user_id: int, now: datetime | None = None) -> int:
    """How much was asked to be sent back. A frozen credit waits for its dispute."""
    user = User.objects.get(pk=user_id)
    cents = refundable_cents(user)
    try:
        request_refund(user=user, amount_cents=cents, now=now or clock.now())
    except DomainError as error:
        log.info("the credit of member %s stays for now: %s", user_id, error)
        return 0
    return cents


def return_left_credit(*, now: datetime | None = None) -> None:
    for user_id in due_credit_ids():
        return_credit(user_id=user_id, now=now)
