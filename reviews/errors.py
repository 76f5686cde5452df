from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ReviewError(DomainError):
    pass


class NothingToReview(ReviewError):
    """Not billed: not held, canceled, or ended within the free time."""

    user_message = _("Un avis se donne après une session payante.")


class AlreadyReviewed(ReviewError):
    """E-24."""

    user_message = _("Vous avez déjà évalué cette session.")


class ReviewTooLate(ReviewError):
    """E-24."""

    user_message = _("Le délai de 30 jours est passé.")


class EditTooLate(ReviewError):
    user_message = _("Votre avis est publié depuis plus de 24 heures\u202f: il ne se modifie plus.")
