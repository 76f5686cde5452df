"""The life of a case. The map is printed in docs/architecture.md; only `_move` writes a status."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("réclamation")
    NOT_HELD = "not_held", _("session non tenue")


class Status(models.TextChoices):
    ANSWERING = "answering", _("explications attendues")
    EXAMINING = "examining", _("à décider")
    DECIDED = "decided", _("décidé, recours possible")
    APPEALED = "appealed", _("recours, réponse attendue")
    REEXAMINING = "reexamining", _("recours à décider")
    CLOSED = "closed", _("clos")


ALLOWED: dict[str, frozenset[str]] = {
    # Closed at once: nobody said anything about a session that was not held, or the learner took his complaint back.
    Status.ANSWERING: frozenset({Status.EXAMINING, Status.CLOSED}),
    # Closed at once: the learner took his complaint back.
    Status.EXAMINING: frozenset({Status.DECIDED, Status.CLOSED}),
    Status.DECIDED: frozenset({Status.APPEALED, Status.CLOSED}),
    Status.APPEALED: frozenset({Status.REEXAMINING}),
    Status.REEXAMINING: frozenset({Status.CLOSED}),
    Status.CLOSED: frozenset(),
}

# The team has to decide.
WAITING = frozenset({Status.EXAMINING, Status.REEXAMINING})
# People are asked for their words, until a date.
ASKING = frozenset({Status.ANSWERING, Status.APPEALED})
# What went before the first decision; the rest belongs to the appeal.
FIRST_ROUND = frozenset({Status.ANSWERING, Status.EXAMINING})
# Words are taken until it is decided, late ones too.
OPEN_TO_WORDS = ASKING | WAITING


class Round(models.IntegerChoices):
    FIRST = 1, _("explications")
    APPEAL = 2, _("recours")


class Topic(models.TextChoices):
    SOUND_OR_IMAGE = "technique", _("Le son ou l’image ne passait pas")
    CONTENT = "content", _("Le contenu n’était pas celui convenu")
    SHORT = "short", _("Le mentor est arrivé en retard ou parti avant la fin")
    BEHAVIOR = "behavior", _("Le comportement du mentor")
    BILLED_TIME = "time", _("Le temps facturé n’est pas le bon")
    OTHER = "other", _("Autre chose")


class Outcome(models.TextChoices):
    REJECTED = "rejected", _("réclamation rejetée")
    PARTIAL = "partial", _("remboursement partiel")
    FULL = "full", _("remboursement total")
    PLANNED = "planned", _("durée prévue facturée")
    REFUND = "refund", _("tout est rendu")
    SPLIT = "split", _("partage")


OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    Kind.COMPLAINT: (Outcome.REJECTED, Outcome.PARTIAL, Outcome.FULL),
    Kind.NOT_HELD: (Outcome.PLANNED, Outcome.REFUND, Outcome.SPLIT),
}
# Whoever decides says how much.
WITH_AMOUNT = frozenset({Outcome.PARTIAL, Outcome.SPLIT})
