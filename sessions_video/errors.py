"""Why somebody cannot come in, or cannot do something inside."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class RoomError(DomainError):
    """`code` names the refusal for the page's own script."""

    code = "refused"


class NotConfirmed(RoomError):
    code = "not_confirmed"
    user_message = _("Cette réservation n’est pas confirmée\u202f: la salle n’existe pas encore.")


class NotToday(RoomError):
    """E-20. The day is written in words by the caller, in the reader's language."""

    code = "not_today"

    def __init__(self, day: date, words: str, zone: str) -> None:
        self.day = day
        super().__init__(_("La salle est ouverte le %(day)s seulement (%(zone)s).") % {"day": words, "zone": zone})


class Ended(RoomError):
    code = "ended"
    user_message = _("Cette session est terminée.")


class Canceled(Ended):
    user_message = _("Cette réservation est annulée\u202f: la salle est fermée.")


class MentorElsewhere(RoomError):
    """E-23, SK-11."""

    code = "mentor_elsewhere"
    user_message = _("Vous êtes en session avec un autre membre. Terminez-la d’abord.")


class CannotStart(RoomError):
    code = "cannot_start"
    user_message = _(
        "Seul le mentor démarre la session payante, quand vous êtes connectés tous les deux et qu’il reste du temps "
        "gratuit."
    )


class AlreadyPaid(CannotStart):
    """The button pressed twice, or the free time was over already."""

    code = "already_paid"
    user_message = _("Le temps payé est déjà en cours\u202f: rien n’a changé.")


class ExtensionRefused(RoomError):
    """An extension cannot be asked for, or answered, as things stand."""

    code = "extension"
    user_message = _("Cette demande de prolongation n’attend plus de réponse.")


class ExtensionNotYours(ExtensionRefused):
    user_message = _("Seul l’apprenant demande une prolongation, et seul le mentor y répond.")


class ExtensionNotYet(ExtensionRefused):
    user_message = _("Vous pourrez prolonger quand il restera 5 minutes.")


class ExtensionPending(ExtensionRefused):
    user_message = _("Une demande de prolongation est déjà en cours.")


class ExtensionTooLong(ExtensionRefused):
    user_message = _(
        "La session ne peut pas être prolongée d’autant\u202f: minuit ou la prochaine session du mentor arrive avant."
    )


class ExtensionPriceChanged(ExtensionRefused):
    user_message = _("Le prix de la prolongation a changé. Rien n’a été débité\u202f: vérifiez le nouveau prix.")


class ExtensionAccepted(ExtensionRefused):
    """Too late to take it back."""

    user_message = _("Votre mentor a déjà accepté\u202f: la session est prolongée.")


class ExtensionUnfunded(ExtensionRefused):
    """The credit was there when the mentor was asked, and is gone."""

    user_message = _("Le crédit de l’apprenant ne suffit plus\u202f: la session n’est pas prolongée.")


class NothingToConfirm(RoomError):
    code = "nothing_to_confirm"
    user_message = _("Votre interlocuteur n’a pas demandé à terminer la session.")


class TooManyReports(RoomError):
    code = "too_many_reports"
    user_message = _("Vous avez déjà envoyé plusieurs signalements\u202f: nous les lisons. Réessayez dans une heure.")


class TooManyVisits(RoomError):
    """One person opens the room again and again."""

    code = "too_fast"


class BadMessage(RoomError):
    """A frame that no page of ours sends."""

    code = "bad_message"
    user_message = _("Message refusé.")
