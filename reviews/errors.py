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
    user_message = _("Le délai de correction est passé\u202f: votre avis ne se modifie plus.")


class ReviewRemoved(ReviewError):
    """Neither changed nor written again."""

    user_message = _("L’équipe a retiré cet avis\u202f: il ne se modifie plus et ne se réécrit pas.")


class ReviewMasked(ReviewError):
    user_message = _("L’équipe a masqué un passage de cet avis\u202f: il ne se modifie plus.")


class AlreadyReplied(ReviewError):
    user_message = _("Vous avez déjà répondu à cet avis. Une seule réponse est possible.")


class ReplyEditTooLate(ReviewError):
    user_message = _("Le délai de correction est passé\u202f: votre réponse ne se modifie plus.")


class ReplyRemoved(ReviewError):
    user_message = _("L’équipe a retiré votre réponse\u202f: elle ne se modifie plus et ne se réécrit pas.")


class NoReplyYet(ReviewError):
    user_message = _("Vous n’avez pas encore répondu à cet avis.")


class AlreadyReported(ReviewError):
    user_message = _("Vous avez déjà signalé cet avis\u202f: un avis se signale une seule fois.")


class PassageNotFound(ReviewError):
    user_message = _("Ce passage n’est pas dans l’avis. Copiez-le tel qu’il est écrit.")


class NotALegalGround(ReviewError):
    user_message = _("Un avis se retire pour injure ou diffamation seulement. Un avis sévère et honnête reste.")


class NothingReported(ReviewError):
    user_message = _("Aucun signalement n’attend de réponse pour cet avis.")
