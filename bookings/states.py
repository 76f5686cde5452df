"""The life of a booking. The map is printed in docs/architecture.md; only `_move` writes a status."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    REQUESTED = "requested", _("demande envoyée")
    COUNTERED = "countered", _("modification proposée")
    ACCEPTED = "accepted", _("en attente de paiement")
    CONFIRMED = "confirmed", _("confirmée")
    IN_PROGRESS = "in_progress", _("en cours")
    CLOSED = "closed", _("terminée")
    NOT_HELD = "not_held", _("non tenue")
    SETTLED = "settled", _("réglée")
    DECLINED = "declined", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée")
    LAPSED = "lapsed", _("expirée")
    PAYMENT_LAPSED = "payment_lapsed", _("paiement expiré")
    CANCELED = "canceled", _("annulée")


# An open version ends in one of these ways, whoever's turn it is.
_NEGOTIATION_ENDS = frozenset({Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN, Status.LAPSED})

ALLOWED: dict[str, frozenset[str]] = {
    Status.REQUESTED: frozenset({Status.COUNTERED}) | _NEGOTIATION_ENDS,
    Status.COUNTERED: frozenset({Status.REQUESTED}) | _NEGOTIATION_ENDS,
    Status.ACCEPTED: frozenset({Status.CONFIRMED, Status.PAYMENT_LAPSED, Status.CANCELED}),
    Status.PAYMENT_LAPSED: frozenset({Status.ACCEPTED, Status.CANCELED}),
    Status.CONFIRMED: frozenset({Status.IN_PROGRESS, Status.CLOSED, Status.NOT_HELD, Status.CANCELED}),
    Status.IN_PROGRESS: frozenset({Status.CLOSED}),
    Status.CLOSED: frozenset({Status.SETTLED}),
    Status.NOT_HELD: frozenset({Status.SETTLED}),
    Status.SETTLED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.WITHDRAWN: frozenset(),
    Status.LAPSED: frozenset(),
    Status.CANCELED: frozenset(),
}

# Terms are still discussed.
OPEN = frozenset({Status.REQUESTED, Status.COUNTERED})
# The planned interval of the mentor is taken.
TAKEN = frozenset({Status.ACCEPTED, Status.CONFIRMED, Status.IN_PROGRESS})
# Agreed, not paid: the payment can be made, or its window reopened.
PAYABLE = frozenset({Status.ACCEPTED, Status.PAYMENT_LAPSED})
# Paid for: the room of the day exists.
FINAL = frozenset({Status.CONFIRMED, Status.IN_PROGRESS})
# Nothing will happen any more.
ENDED = frozenset({status for status, ways in ALLOWED.items() if not ways}) | {Status.CLOSED, Status.NOT_HELD}
# The session took place, or its day is over.
HELD = frozenset({Status.CLOSED, Status.SETTLED})


class JointKind(models.TextChoices):
    HOUR = "hour", _("une autre heure")
    CANCELLATION = "cancellation", _("une annulation d’un commun accord")


class JointStatus(models.TextChoices):
    OPEN = "open", _("en attente de réponse")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée")
    REPLACED = "replaced", _("remplacée")
    LAPSED = "lapsed", _("expirée")


JOINT_ALLOWED: dict[str, frozenset[str]] = {
    JointStatus.OPEN: frozenset(set(JointStatus) - {JointStatus.OPEN}),
    **{ended: frozenset() for ended in JointStatus if ended != JointStatus.OPEN},
}


class ReminderKind(models.TextChoices):
    LAPSING = "lapsing", _("avant l’expiration")
    DAY_BEFORE = "24h", _("la veille")
    HOUR_BEFORE = "1h", _("une heure avant")
