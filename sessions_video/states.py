"""What the room, its two people and an extension can be, and the moves allowed between states.

The maps are printed in docs/architecture.md.
"""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    MENTOR = "mentor"
    LEARNER = "learner"

    @property
    def other(self) -> "Role":
        return Role.LEARNER if self is Role.MENTOR else Role.MENTOR


class Phase(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    LIMIT_REACHED = "limit_reached"
    ENDED = "ended"


ALLOWED: dict[Phase, frozenset[Phase]] = {
    Phase.SCHEDULED: frozenset({Phase.OPEN, Phase.ENDED}),
    Phase.OPEN: frozenset({Phase.LIMIT_REACHED, Phase.ENDED}),
    Phase.LIMIT_REACHED: frozenset({Phase.OPEN, Phase.ENDED}),
    Phase.ENDED: frozenset(),
}


class Cause(StrEnum):
    """Why a segment, a lease or the session came to its end."""

    LEFT = "left"
    LOST = "lost"
    REPLACED = "replaced"
    MEDIA = "media"
    TIME_USED_UP = "time_used_up"
    DAY_OVER = "day_over"
    AGREED = "agreed"
    CANCELED = "canceled"
    STAFF = "staff"


# What ends without anybody doing anything.
BY_TIME = frozenset({Cause.TIME_USED_UP, Cause.DAY_OVER})


class ExtensionStatus(models.TextChoices):
    """What became of the learner's wish to go on."""

    PREPARING = "preparing", _("vérification du crédit")
    PAYING = "paying", _("en attente du paiement")
    ASKED = "asked", _("en attente du mentor")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    LAPSED = "lapsed", _("sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")


_UNDECIDED_ENDS = frozenset({ExtensionStatus.LAPSED, ExtensionStatus.WITHDRAWN})

EXTENSION_ALLOWED: dict[str, frozenset[str]] = {
    ExtensionStatus.PREPARING: frozenset({ExtensionStatus.PAYING, ExtensionStatus.ASKED}) | _UNDECIDED_ENDS,
    ExtensionStatus.PAYING: frozenset({ExtensionStatus.ASKED}) | _UNDECIDED_ENDS,
    ExtensionStatus.ASKED: frozenset({ExtensionStatus.ACCEPTED, ExtensionStatus.REFUSED}) | _UNDECIDED_ENDS,
    ExtensionStatus.ACCEPTED: frozenset(),
    ExtensionStatus.REFUSED: frozenset(),
    ExtensionStatus.LAPSED: frozenset(),
    ExtensionStatus.WITHDRAWN: frozenset(),
}

# The money is not there yet.
UNFUNDED = frozenset({ExtensionStatus.PREPARING, ExtensionStatus.PAYING})
# One at a time: nothing is decided yet.
PENDING = frozenset(status for status, ways in EXTENSION_ALLOWED.items() if ways)
