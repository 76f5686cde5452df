"""Words of the team that come back often. They start a reason; the person who decides finishes it."""

from django.utils.translation import gettext_lazy as _

from accounts.decisions import Template

VALIDATED_TRAINING = (Template(_("Clair"), _("Les objectifs et le déroulement sont clairs.")),)
REFUSED_TRAINING = (
    Template(_("Objectifs"), _("Dites ce que l’apprenant saura faire à la fin, et ce qu’il doit savoir avant.")),
    Template(_("Trop court"), _("La description est trop courte pour choisir\u202f: décrivez le déroulement.")),
    Template(_("Compétence"), _("Le contenu ne correspond pas à la compétence choisie.")),
    Template(
        _("Coordonnées"),
        _("Retirez les adresses, numéros et liens\u202f: les échanges et les paiements passent par la plateforme."),
    ),
)
ACCEPTED_NAME = (Template(_("Utile"), _("Ce nom manquait\u202f: il est maintenant dans la liste de tous.")),)
REFUSED_NAME = (
    Template(_("Trop précis"), _("Ce nom est trop précis pour la liste\u202f: choisissez le nom le plus proche.")),
    Template(_("Pas une compétence"), _("Ce nom ne désigne pas une compétence qui s’apprend.")),
)
