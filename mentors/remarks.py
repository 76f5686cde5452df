"""Words of the team that come back often. They start a reason; the person who decides finishes it."""

from django.utils.translation import gettext_lazy as _

from accounts.decisions import Template

VALIDATION = (
    Template(
        _("Dossier complet"),
        _("Votre parcours et vos diplômes correspondent à ce que vous proposez. Bienvenue parmi les mentors."),
    ),
)
CHANGES = (
    Template(
        _("Diplômes"),
        _("Votre page ne dit pas quels diplômes ou quelles expériences appuient vos compétences. Ajoutez-les."),
    ),
    Template(
        _("Profil LinkedIn"),
        _("Nous n’avons pas pu lire votre profil LinkedIn. Vérifiez son adresse, et qu’il est public."),
    ),
    Template(
        _("SIREN"),
        _("Le numéro SIREN ne correspond pas au nom indiqué. Vérifiez l’un et l’autre sur votre avis de situation."),
    ),
    Template(
        _("Présentation"),
        _(
            "Votre présentation est trop courte\u202f: dites votre expérience, et comment se passe "
            "une session avec vous."
        ),
    ),
    Template(
        _("Coordonnées"),
        _("Retirez de votre page les adresses et numéros de téléphone\u202f: les échanges passent par la messagerie."),
    ),
)
REFUSAL = (
    Template(
        _("Expérience"),
        _(
            "Votre expérience ne permet pas encore de proposer du mentorat payant sur ces compétences. Vous pourrez "
            "renvoyer votre demande avec des références récentes."
        ),
    ),
    Template(
        _("Identité"),
        _("Les informations données ne permettent pas de savoir qui vous êtes. Corrigez-les avant une autre demande."),
    ),
)
SUSPENSION = (
    Template(
        _("Signalements"),
        _("Plusieurs membres nous ont écrit à votre sujet. Vos réservations sont fermées le temps de comprendre."),
    ),
)
RESTORATION = (Template(_("Réglé"), _("La situation est réglée\u202f: vous pouvez de nouveau être réservé.")),)
