"""States of a closing and of an export of one's data. The maps are printed in docs/architecture.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosingStatus(models.TextChoices):
    CLOSED = "closed", _("fermé, peut revenir")
    REACTIVATED = "reactivated", _("réactivé")
    ERASING = "erasing", _("effacement en cours")
    ERASED = "erased", _("effacé")


CLOSING_ALLOWED: dict[str, frozenset[str]] = {
    ClosingStatus.CLOSED: frozenset({ClosingStatus.REACTIVATED, ClosingStatus.ERASING}),
    ClosingStatus.ERASING: frozenset({ClosingStatus.ERASED}),
    ClosingStatus.REACTIVATED: frozenset(),
    ClosingStatus.ERASED: frozenset(),
}

# The member is not there: all but a closing that was taken back.
GONE = frozenset({ClosingStatus.CLOSED, ClosingStatus.ERASING, ClosingStatus.ERASED})


class ExportStatus(models.TextChoices):
    ASKED = "asked", _("en préparation")
    READY = "ready", _("prête")
    FAILED = "failed", _("échouée")
    REMOVED = "removed", _("retirée")


EXPORT_ALLOWED: dict[str, frozenset[str]] = {
    ExportStatus.ASKED: frozenset({ExportStatus.READY, ExportStatus.FAILED}),
    ExportStatus.READY: frozenset({ExportStatus.REMOVED}),
    ExportStatus.FAILED: frozenset(),
    ExportStatus.REMOVED: frozenset(),
}
