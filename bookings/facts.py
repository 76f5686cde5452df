"""What the team reads of bookings on the page of a member (accounts.facts)."""

from django.utils.translation import gettext_lazy as _

from accounts.facts import Fact
from accounts.models import User
from bookings.models import Booking
from bookings.states import OPEN, Status


def facts(member: User) -> list[Fact]:
    known = Booking.objects.of(member)
    planned = known.filter(status__in=[Status.CONFIRMED, Status.IN_PROGRESS])
    return [
        Fact(_("Demandes en cours"), str(known.filter(status__in=[*OPEN, Status.ACCEPTED]).count())),
        Fact(_("Sessions à venir ou en cours"), str(planned.count())),
        Fact(_("Sessions terminées"), str(known.filter(status__in=[Status.CLOSED, Status.SETTLED]).count())),
    ]
