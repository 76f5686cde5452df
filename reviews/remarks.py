"""Words of the team that come back often. They start a reason; the person who decides finishes it."""

from django.utils.translation import gettext_lazy as _

from accounts.decisions import Template

KEPT = (
    Template(
        _("Avis sévère"),
        _("L’avis est sévère, mais il parle de la session, sans injure et sans accusation précise qui soit fausse."),
    ),
    Template(
        _("Désaccord"),
        _("Vous et l’auteur n’avez pas vécu la session de la même façon\u202f: votre réponse publique peut le dire."),
    ),
)
REMOVED = (
    Template(_("Injure"), _("L’avis contient des mots outrageants qui ne disent rien de la session\u202f: ")),
    Template(
        _("Diffamation"),
        _("L’avis accuse le mentor d’un fait précis, que les pièces reçues contredisent\u202f: "),
    ),
)
MASKED = (
    Template(_("Données personnelles"), _("L’avis donnait des informations privées sur quelqu’un, sans son accord.")),
)
REPLY = (
    Template(_("Données personnelles"), _("Votre réponse donnait des informations privées sur l’auteur de l’avis.")),
    Template(_("Injure"), _("Votre réponse contient des mots outrageants qui ne répondent pas à l’avis\u202f: ")),
)
RESTORED = (Template(_("Contestation"), _("Après votre contestation, une autre personne a relu la décision\u202f: ")),)
