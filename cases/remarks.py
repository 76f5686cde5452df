"""Words of the team that come back often. They start a reason; the person who decides finishes it."""

from django.utils.translation import gettext_lazy as _

from accounts.decisions import Template

REJECTED = (
    Template(
        _("Session conforme"),
        _(
            "Le relevé montre que vous étiez connectés tous les deux pendant le temps facturé, et que la session a "
            "suivi les objectifs convenus."
        ),
    ),
    Template(
        _("Rien ne l’établit"),
        _("Ni le relevé, ni les messages, ni les pièces ne montrent le problème décrit."),
    ),
)
PARTIAL = (
    Template(
        _("Temps perdu"),
        _("Le relevé montre qu’une partie de la session n’a pas pu servir. Nous rendons la part correspondante."),
    ),
    Template(_("Objectif suivi en partie"), _("Une partie seulement de ce qui était convenu a été traitée.")),
)
FULL = (
    Template(_("Session inutilisable"), _("La session n’a pas pu servir\u202f: tout est rendu.")),
    Template(
        _("Comportement"), _("Le comportement décrit, et que les éléments confirment, est contraire à nos règles.")
    ),
)
PLANNED = (
    Template(
        _("Apprenant absent"),
        _(
            "Le relevé montre que le mentor a attendu dans la salle et que l’apprenant n’est pas venu. La durée "
            "prévue est facturée, comme l’annoncent nos conditions."
        ),
    ),
)
REFUND = (
    Template(_("Mentor absent"), _("Le relevé montre que le mentor n’est pas venu. Le montant bloqué est rendu.")),
    Template(_("Personne"), _("Personne n’a ouvert la salle ce jour-là. Le montant bloqué est rendu.")),
)
SPLIT = (
    Template(
        _("Malentendu"),
        _("Vous étiez prêts tous les deux et un malentendu vous a séparés. Nous partageons le montant."),
    ),
)
