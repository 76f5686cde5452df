"""States of a request to become a mentor. The map is printed in docs/architecture.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MentorStatus(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    SUBMITTED = "submitted", _("En cours d’examen")
    CHANGES_REQUESTED = "changes_requested", _("À compléter")
    VALIDATED = "validated", _("Validé")
    REFUSED = "refused", _("Refusé")
    SUSPENDED = "suspended", _("Suspendu")


MENTOR_ALLOWED: dict[str, frozenset[str]] = {
    MentorStatus.DRAFT: frozenset({MentorStatus.SUBMITTED}),
    MentorStatus.SUBMITTED: frozenset({MentorStatus.VALIDATED, MentorStatus.CHANGES_REQUESTED, MentorStatus.REFUSED}),
    MentorStatus.CHANGES_REQUESTED: frozenset({MentorStatus.SUBMITTED}),
    # A refusal says what to change: the person may ask again.
    MentorStatus.REFUSED: frozenset({MentorStatus.SUBMITTED}),
    MentorStatus.VALIDATED: frozenset({MentorStatus.SUSPENDED}),
    MentorStatus.SUSPENDED: frozenset({MentorStatus.VALIDATED}),
}

# States from which the member himself may send the request.
CAN_SUBMIT = frozenset({MentorStatus.DRAFT, MentorStatus.CHANGES_REQUESTED, MentorStatus.REFUSED})
