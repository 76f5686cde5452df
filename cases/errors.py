from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, IllegalMove
from core.money import format_euros
from core.templatetags import house


class CaseError(DomainError):
    pass


class NothingToComplainOf(CaseError):
    """Not settled, or nothing was charged."""

    user_message = _("Une réclamation porte sur une session payée\u202f: rien n’a été facturé ici.")


class AlreadyACase(CaseError):
    user_message = _("Cette session a déjà été signalée. Son dossier vous dit où il en est.")


class TooMuchAsked(CaseError):
    def __init__(self, most_cents: int) -> None:
        words = _("La session vous a coûté %(most)s\u202f: vous ne pouvez pas demander plus.")
        super().__init__(str(words) % {"most": format_euros(most_cents)})


class AlreadySaid(CaseError):
    user_message = _("Vous avez déjà donné vos explications. Elles ne se modifient plus\u202f: l’autre les a lues.")


class TooLateToSay(IllegalMove):
    user_message = _("La décision est déjà prise\u202f: vos explications ne peuvent plus être ajoutées.")


class TooLateToWithdraw(IllegalMove):
    user_message = _("L’équipe a déjà décidé\u202f: la réclamation ne se retire plus.")


class NoAppealNow(IllegalMove):
    user_message = _("Un recours se fait une seule fois, après la première décision. Le dossier dit où il en est.")


class AppealTooLate(CaseError):
    def __init__(self, until: datetime, zone: ZoneInfo) -> None:
        words = _("Le délai de recours est passé depuis le %(when)s. La décision est définitive.")
        super().__init__(str(words) % {"when": house.moment(until, zone)})


class WaitForAnswers(CaseError):
    """The team decides when everybody was heard, or had the time to be."""

    def __init__(self, until: datetime, zone: ZoneInfo) -> None:
        words = _("Des explications sont attendues jusqu’au %(when)s\u202f: le dossier se décide ensuite.")
        super().__init__(str(words) % {"when": house.moment(until, zone)})


class WrongAmount(CaseError):
    def __init__(self, most_cents: int) -> None:
        words = _("Indiquez un montant entre 0,01\u00a0€ et moins de %(most)s.")
        super().__init__(str(words) % {"most": format_euros(most_cents)})


class SomebodyElseDecides(CaseError):
    user_message = _("Un recours est décidé par une autre personne que la première décision.")


class OwnCase(CaseError):
    user_message = _("Vous êtes l’une des deux personnes de ce dossier\u202f: quelqu’un d’autre le décide.")
