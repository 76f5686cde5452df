"""States of trainings and of proposed names. The maps are printed in docs/architecture.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingStatus(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    SUBMITTED = "submitted", _("En cours d’examen")
    VALIDATED = "validated", _("Validée")
    REFUSED = "refused", _("Refusée")


TRAINING_ALLOWED: dict[str, frozenset[str]] = {
    TrainingStatus.DRAFT: frozenset({TrainingStatus.SUBMITTED}),
    TrainingStatus.SUBMITTED: frozenset({TrainingStatus.VALIDATED, TrainingStatus.REFUSED}),
    # A refusal says what to change: the mentor may ask again.
    TrainingStatus.REFUSED: frozenset({TrainingStatus.SUBMITTED}),
    # The team may take a public training back. The mentor's own changes are a TrainingRevision, not a move.
    TrainingStatus.VALIDATED: frozenset({TrainingStatus.REFUSED}),
}


class ChangeStep(models.TextChoices):
    """What happened to the change of a public training. The training itself stays validated."""

    SENT = "sent", _("Modification envoyée")
    ACCEPTED = "accepted", _("Modification validée")
    REFUSED = "refused", _("Modification refusée")
    WITHDRAWN = "withdrawn", _("Modification retirée")


class ProposalStatus(models.TextChoices):
    WAITING = "waiting", _("En cours d’examen")
    ACCEPTED = "accepted", _("Acceptée")
    MERGED = "merged", _("Réunie avec un autre nom")
    REFUSED = "refused", _("Refusée")


PROPOSAL_ALLOWED: dict[str, frozenset[str]] = {
    ProposalStatus.WAITING: frozenset({ProposalStatus.ACCEPTED, ProposalStatus.MERGED, ProposalStatus.REFUSED}),
}
