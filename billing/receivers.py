"""The team is told of what happens in services that speak to members only."""

from typing import Any

from django.dispatch import receiver

from billing.models import Dispute
from billing.services import team_news
from billing.signals import dispute_changed
from billing.states import DisputeStatus
from core import clock


@receiver(dispute_changed)
def tell_the_team(dispute: Dispute, **_: Any) -> None:
    if dispute.status == DisputeStatus.OPEN:
        team_news.tell_contested(dispute, now=clock.now())
