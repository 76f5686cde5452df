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


class NothingToConfirm(RoomError):
    code = "nothing_to_confirm"
    user_message = _("Votre interlocuteur n’a pas demandé à terminer la session.")


class BadMessage(RoomError):
    """A frame that no page of ours sends."""

    code = "bad_message"
    user_message = _("Message refusé.")
