"""Refusals about skills and trainings."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CatalogError(DomainError):
    pass


class SkillNotListed(CatalogError):
    user_message = _(
        "Cette compétence n’est pas dans la liste. Vous pouvez la proposer depuis « Mon offre de formation »."
    )


class TooManySkills(CatalogError):
    user_message = _("Vous avez déclaré 20 compétences, c’est le maximum. Retirez-en une pour en ajouter une autre.")


class OfferLocked(CatalogError):
    user_message = _("Votre demande n’est pas encore validée.")


class SkillNotInCategory(CatalogError):
    user_message = _("Cette compétence n’appartient pas à cette catégorie.")


class NameTaken(CatalogError):
    user_message = _("Ce nom existe déjà dans la liste.")


class NameWaiting(CatalogError):
    user_message = _("Ce nom est déjà proposé\u202f: l’équipe le lit.")


class NameNotPossible(CatalogError):
    user_message = _("Écrivez un nom avec des lettres.")


class NameMerged(CatalogError):
    def __init__(self, name: str) -> None:
        super().__init__(_("Ce nom est dans la liste sous un autre\u202f: «\u202f%(name)s\u202f».") % {"name": name})


class SameName(CatalogError):
    user_message = _("Choisissez un autre nom de la liste.")


class NameGone(CatalogError):
    user_message = _("Ce nom n’existe plus\u202f: quelqu’un de l’équipe vient de le réunir avec un autre.")


class TargetNotListed(CatalogError):
    user_message = _("Choisissez un nom de la liste validée.")


class OwnTraining(CatalogError):
    user_message = _("On ne décide pas de ses propres formations.")


class OwnProposal(CatalogError):
    user_message = _("On ne décide pas de ses propres propositions.")


class TrainingNotReady(CatalogError):
    user_message = _("La catégorie ou la compétence de cette formation n’est pas encore validée.")


class NotStaff(CatalogError):
    user_message = _("Seule l’équipe en décide.")


class ReasonNeeded(CatalogError):
    user_message = _("Donnez la raison de la décision : le mentor la lira.")
