"""What is said when Stripe stops a mentor's transfers, to him and to the team (N-24)."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from billing.models import ConnectedAccount, Payout
from billing.states import AccountState, PayoutStatus
from core import clock
from notifications.models import Notice
from notifications.services import notify

ATTENTION = "billing.account_attention"
WAITING = "billing.payout_waiting"
TEAM = "billing.account_stopped"
SEES_PAYOUTS = "billing.view_payout"
# Reminded once a week, and not the day he was told that transfers stop.
AGAIN = timedelta(days=7)
JUST_TOLD = timedelta(days=1)


def tell_stopped(account: ConnectedAccount, *, now: datetime) -> None:
    """Transfers were possible and no longer are."""
    _tell(account, ATTENTION, now)


def warn_waiting(*, now: datetime | None = None) -> int:
    """Money is due and cannot leave, because Stripe lets its mentor receive nothing. How many were told."""
    moment = now or clock.now()
    accounts = ConnectedAccount.objects.exclude(state=AccountState.ACTIVE)
    late = accounts.filter(user__in=_kept(moment).values("mentor")).order_by("pk")
    return sum(_warn(pk, moment) for pk in late.values_list("pk", flat=True))


def waiting_cents(mentor: User, *, now: datetime) -> int:
    """What is due and would have left from an active account."""
    return sum(payout.to_send_cents for payout in _kept(now).filter(mentor=mentor))


def _kept(now: datetime) -> QuerySet[Payout]:
    """Due, and held up by nothing but the account."""
    return Payout.objects.filter(status__in=[PayoutStatus.SCHEDULED, PayoutStatus.IN_FLIGHT], due_at__lte=now)


@transaction.atomic
def _warn(account_id: int, now: datetime) -> bool:
    rows = ConnectedAccount.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
    account = rows.filter(pk=account_id).exclude(state=AccountState.ACTIVE).first()
    if account is None or _was_told(account.user, now):
        return False
    _tell(account, WAITING, now)
    return True


def _was_told(mentor: User, now: datetime) -> bool:
    said = Notice.objects.filter(recipient=mentor)
    reminded = said.filter(kind=WAITING, created_at__gt=now - AGAIN)
    return reminded.exists() or said.filter(kind=ATTENTION, created_at__gt=now - JUST_TOLD).exists()


def _tell(account: ConnectedAccount, kind: str, now: datetime) -> None:
    context: dict[str, Any] = {
        "account": account,
        "mentor": account.user,
        "waiting_cents": waiting_cents(account.user, now=now),
    }
    reference = f"account:{account.pk}"
    notify(
        recipient=account.user,
        kind=kind,
        url=reverse("billing:onboarding_return"),
        reference=reference,
        context=context,
        now=now,
    )
    payouts = reverse("admin:billing_payout_changelist") + f"?mentor__id__exact={account.user_id}"
    for person in _team():
        notify(recipient=person, kind=TEAM, url=payouts, reference=reference, context=context, now=now)


def _team() -> list[User]:
    """Everybody of the team who may see payouts."""
    return list(ModelBackend().with_perm(SEES_PAYOUTS).filter(is_staff=True).order_by("pk"))
