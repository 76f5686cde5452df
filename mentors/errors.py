"""Refusals on the way to becoming a mentor."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import DomainError
from mentors.rules import ChecklistItem


class MentorError(DomainError):
    pass


class ApplicationIncomplete(MentorError):
    """Carries what is missing, so that the page can make each item a link (E-5)."""

    def __init__(self, items: Sequence[ChecklistItem]) -> None:
        self.items = list(items)
        count = len(self.items)
        super().__init__(
            ngettext("Il manque %(count)d élément : %(items)s.", "Il manque %(count)d éléments : %(items)s.", count)
            % {"count": count, "items": ", ".join(str(item.label) for item in self.items)}
        )


class ReasonNeeded(MentorError):
    user_message = _("Donnez la raison de la décision : le membre la lira.")


class OwnRequest(MentorError):
    user_message = _("On ne décide pas de sa propre demande.")


class SecondLookNeeded(MentorError):
    user_message = _("Un refus se décide à deux\u202f: une autre personne de l’équipe doit l’avoir proposé.")


class RefusalAlreadyProposed(MentorError):
    user_message = _("Un refus est déjà proposé. Confirmez-le, ou prenez une autre décision.")


class CompanyClosed(MentorError):
    """E-3."""

    user_message = _("Cette entreprise est indiquée comme fermée. Vérifiez le numéro ou contactez-nous.")


class NotStaff(MentorError):
    user_message = _("Seule l’équipe décide d’une demande.")


class RateNotPossible(MentorError):
    user_message = _("Indiquez un tarif entre 1 € et 1 000 € de l’heure.")


class RangeNotPossible(MentorError):
    user_message = _("L’heure de fin doit suivre l’heure de début.")


class NoDayChosen(MentorError):
    user_message = _("Choisissez au moins un jour.")
