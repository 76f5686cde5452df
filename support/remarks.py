"""Words of the team that come back often. They start an answer; whoever writes finishes it."""

from django.utils.translation import gettext_lazy as _

from accounts.decisions import Template

ANSWERS = (
    Template(
        _("Nous regardons"),
        _("Merci pour votre message. Nous regardons ce qui s’est passé et revenons vers vous avant la date indiquée."),
    ),
    Template(
        _("Depuis la réservation"),
        _(
            "Vous pouvez le faire vous-même, tout de suite\u202f: ouvrez «\u202fMes sessions vidéo\u202f», puis la "
            "réservation concernée."
        ),
    ),
)
QUESTIONS = (
    Template(
        _("Quelle session"),
        _("De quelle session s’agit-il\u202f? Donnez sa date et le nom de votre interlocuteur."),
    ),
    Template(
        _("Capture d’écran"),
        _("Pouvez-vous joindre une capture d’écran de ce que vous voyez, et dire quel navigateur vous employez\u202f?"),
    ),
    Template(
        _("Date et montant"),
        _("Pouvez-vous donner la date et le montant du débit, tels qu’ils figurent sur votre relevé bancaire\u202f?"),
    ),
)
ENDINGS = (
    Template(_("C’est fait"), _("C’est fait. Merci de nous l’avoir signalé.")),
    Template(
        _("Comme prévu"),
        _("Nous avons vérifié\u202f: tout s’est passé comme prévu par nos conditions. Voici pourquoi\u202f: "),
    ),
)
