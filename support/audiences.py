"""Who is shown which motives. A later app adds its people here (`register`): their tree is data (OC-136)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentors.models import MentorProfile
from mentors.states import MentorStatus

EVERYBODY = "everybody"
MEMBERS = "members"
MENTORS = "mentors"


@dataclass(frozen=True)
class Audience:
    """`holds` is asked of members alone; `open_to_visitors` says the rest."""

    label: str | Promise
    holds: Callable[[User], bool]
    open_to_visitors: bool = False


def _is_mentor(user: User) -> bool:
    """Also while suspended: his payouts are his affair still."""
    was_validated = {MentorStatus.VALIDATED, MentorStatus.SUSPENDED}
    return MentorProfile.objects.filter(user=user, status__in=was_validated).exists()


_audiences: dict[str, Audience] = {
    EVERYBODY: Audience(_("tout le monde"), lambda _user: True, open_to_visitors=True),
    MEMBERS: Audience(_("les membres"), lambda _user: True),
    MENTORS: Audience(_("les mentors"), _is_mentor),
}


def register(name: str, audience: Audience) -> None:
    _audiences[name] = audience


def registered() -> dict[str, Audience]:
    return dict(_audiences)


def of(user: User | None) -> set[str]:
    """The audiences somebody belongs to; None is a visitor."""
    if user is None:
        return {name for name, audience in _audiences.items() if audience.open_to_visitors}
    return {name for name, audience in _audiences.items() if audience.holds(user)}
