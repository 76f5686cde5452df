"""What is refused when somebody writes to the team, or the team acts on it."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, IllegalMove
from core.files.errors import FilesRefused


class SupportError(DomainError):
    pass


class TooManyTickets(SupportError):
    """E-36."""

    user_message = _(
        "Vous avez envoyé beaucoup de demandes depuis hier. Complétez une demande en cours, ou réessayez demain."
    )


class TooManyFromHere(SupportError):
    """E-36, for visitors."""

    user_message = _("Trop de demandes sont parties d’ici. Réessayez dans une heure, ou connectez-vous.")


class TooManyMessages(SupportError):
    user_message = _("Vous avez envoyé beaucoup de messages en peu de temps. Réessayez dans une heure.")


class TooManyFilesToday(FilesRefused):
    user_message = _("Cette demande a reçu beaucoup de fichiers depuis hier. Envoyez les suivants demain.")


class TooLateToReopen(IllegalMove):
    user_message = _("Cette demande est résolue depuis longtemps. Écrivez-nous une nouvelle demande.")


class Merged(IllegalMove):
    user_message = _("Cette demande est réunie à une autre\u202f: poursuivez là-bas.")


class NotTheirs(SupportError):
    user_message = _("Deux demandes se réunissent quand elles viennent de la même personne.")


class SameTicket(SupportError):
    user_message = _("Choisissez une autre demande que celle-ci.")


class NotStaff(SupportError):
    user_message = _("Seule l’équipe peut faire cela.")


class OwnTicket(SupportError):
    user_message = _("C’est votre propre demande\u202f: une autre personne de l’équipe s’en charge.")


class ReasonNeeded(SupportError):
    user_message = _("Donnez la raison.")
