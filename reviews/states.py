"""What becomes of a review and of its report, and the closed lists of grounds."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ReviewStatus(TextChoices):
    SHOWN = "shown", _("publié")
    REMOVED = "removed", _("retiré")


REVIEW_ALLOWED: dict[str, frozenset[str]] = {
    ReviewStatus.SHOWN: frozenset({ReviewStatus.REMOVED}),
    # The author contested, and was right.
    ReviewStatus.REMOVED: frozenset({ReviewStatus.SHOWN}),
}


class ReportStatus(TextChoices):
    WAITING = "waiting", _("à examiner")
    KEPT = "kept", _("avis maintenu")
    MASKED = "masked", _("passage masqué")
    REMOVED = "removed", _("avis retiré")


# A review stays shown while its report waits.
REPORT_ALLOWED: dict[str, frozenset[str]] = {
    ReportStatus.WAITING: frozenset({ReportStatus.KEPT, ReportStatus.MASKED, ReportStatus.REMOVED}),
    ReportStatus.KEPT: frozenset(),
    ReportStatus.MASKED: frozenset(),
    ReportStatus.REMOVED: frozenset(),
}


class Step(TextChoices):
    """What the team did."""

    KEPT = "kept", _("Avis maintenu")
    MASKED = "masked", _("Passage masqué")
    REMOVED = "removed", _("Avis retiré")
    RESTORED = "restored", _("Avis rétabli")
    REPLY = "reply", _("Réponse du mentor retirée")


class Ground(TextChoices):
    INSULT = "insult", _("Injure")
    DEFAMATION = "defamation", _("Diffamation")
    PERSONAL_DATA = "personal_data", _("Données personnelles")


# SK-102: nothing else removes a review.
REMOVES = (Ground.INSULT, Ground.DEFAMATION)

EXPLAINED: dict[str, Promise] = {
    Ground.INSULT: _("Injure\u202f: des mots outrageants ou méprisants, sans fait précis"),
    Ground.DEFAMATION: _("Diffamation\u202f: un fait précis et faux qui porte atteinte à l’honneur"),
    Ground.PERSONAL_DATA: _("Données personnelles\u202f: une adresse, un numéro, la vie privée de quelqu’un"),
}
LAW: dict[str, Promise] = {
    Ground.INSULT: _("injure publique, articles 29 et 33 de la loi du 29 juillet 1881"),
    Ground.DEFAMATION: _("diffamation publique, articles 29 et 32 de la loi du 29 juillet 1881"),
    Ground.PERSONAL_DATA: _("données personnelles, article 6 du règlement général sur la protection des données"),
}
