"""Words about going on beyond the planned time (N-14). `{name}` is filled by the script."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXTENSION_TEXTS: dict[str, str | Promise] = {
    "extension_minute": _("1 minute"),
    "extension_minutes": _("{count} minutes"),
    "extension_whole_credit": _("tout votre crédit"),
    "extension_from_credit": _("pris sur votre crédit"),
    "extension_by_card": _("dont {card} par carte"),
    "extension_all_by_card": _("par carte"),
    "extension_soon": _("Il reste moins de 5 minutes. Rien ne s’ajoute sans vos deux accords."),
    "extension_now": _("Le temps prévu est écoulé."),
    "extension_preparing": _("Vérification de votre crédit…"),
    "extension_paying": _("{minutes} de plus\u202f: le paiement s’ouvre dans un autre onglet, l’appel continue."),
    "extension_in_doubt": _("Nous vérifions votre paiement. Ne payez pas une seconde fois."),
    "extension_pay": _("Payer {amount}"),
    "extension_asked_by_you": _("Vous avez demandé {minutes} de plus, pour {amount}. {other} doit répondre."),
    "extension_asked_by_other": _("{other} demande {minutes} de plus, pour {amount}."),
    "extension_accepted": _("Prolongation acceptée\u202f: {minutes} de plus, le décompte continue."),
    "extension_refused_by_you": _("Vous avez refusé la prolongation. Rien ne change."),
    "extension_refused_by_other": _("{other} n’a pas accepté la prolongation. Votre crédit n’est pas débité."),
    "extension_lapsed": _("La demande de prolongation est restée sans réponse. Votre crédit n’est pas débité."),
    "extension_lapsed_unpaid": _(
        "Le paiement n’est pas arrivé à temps. S’il arrive encore, la somme reste dans votre crédit."
    ),
    "extension_lapsed_for_mentor": _("La demande de prolongation a expiré."),
    "extension_withdrawn_by_you": _("Votre demande de prolongation est retirée."),
    "extension_withdrawn_by_other": _("{other} a retiré sa demande de prolongation."),
}
