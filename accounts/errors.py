"""Refusals about a member's own page, and about what the team decides."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, IllegalMove


class PhotoTooBig(DomainError):
    user_message = _("Le fichier dépasse 5 Mo. Choisissez une photo plus légère.")


class PhotoNotReadable(DomainError):
    user_message = _("Ce type de fichier n’est pas accepté. Choisissez une photo PNG, JPG ou WebP.")


class NotOfTheTeam(DomainError):
    user_message = _("Seule l’équipe en décide.")


class NoReason(DomainError):
    user_message = _("Donnez la raison de la décision\u202f: le membre la lira.")


class OwnAffair(DomainError):
    user_message = _("On ne décide pas de ce qui nous concerne\u202f: laissez une autre personne de l’équipe le faire.")


class CannotCloseYet(DomainError):
    user_message = _("Votre compte ne peut pas être fermé maintenant\u202f: quelque chose est encore en cours.")


class TooLateToReturn(DomainError):
    user_message = _("Le délai pour réactiver ce compte est passé\u202f: ses données sont effacées.")


class OneExportADay(DomainError):
    user_message = _("Vous avez déjà demandé une archive depuis hier. Vous pourrez en demander une autre demain.")


class AlreadyDecided(IllegalMove):
    """Somebody else of the team was first: who, what and when, so that nobody has to guess."""

    def __init__(self, *, who: str, decision: str | Promise, at: datetime) -> None:
        when = date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
        super().__init__(
            _(
                "%(who)s a décidé avant vous, le %(when)s\u202f: «\u202f%(decision)s\u202f». "
                "Votre décision n’est pas enregistrée."
            )
            % {"who": who, "when": when, "decision": decision}
        )


class ReadAgain(IllegalMove):
    """What was decided on is not what was read."""

    user_message = _(
        "Le dossier a changé pendant que vous le lisiez. Votre décision n’est pas enregistrée\u202f: relisez-le, puis "
        "confirmez-la."
    )


class NotAnAdministrator(DomainError):
    user_message = _("Seul un autre administrateur peut retirer la double authentification de quelqu’un.")


class NoSecondFactor(DomainError):
    user_message = _("Ce membre n’utilise pas la double authentification.")


class TeamMember(DomainError):
    user_message = _("Seul un administrateur décide d’un membre de l’équipe.")


class AlreadySuspended(IllegalMove):
    user_message = _("Ce membre est déjà suspendu.")


class NotSuspended(IllegalMove):
    user_message = _("Ce membre n’est pas suspendu.")


class NotToBeSeen(DomainError):
    user_message = _("On ne regarde pas le site comme une personne de l’équipe.")


class OwnRoles(DomainError):
    user_message = _("Personne ne change ses propres rôles\u202f: demandez à un autre administrateur.")
