"""News of the members' accounts, told to whom they are about."""

from typing import Any

from django.dispatch import receiver

from accounts.models import MemberMeasure
from accounts.signals import member_measured
from notifications.services import tell_measure


@receiver(member_measured, sender=MemberMeasure)
def tell(measure: MemberMeasure, **_extra: Any) -> None:
    tell_measure(measure=measure)
