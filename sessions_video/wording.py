"""Words the room's script shows, in the reader's language. `{name}` is filled by the script."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sessions_video.states import Cause

TEXTS: dict[str, str | Promise] = {
    "waiting_other": _("{other} n’est pas encore dans la salle. Vous pouvez déjà lui écrire."),
    "other_here": _("{other} est dans la salle."),
    "waiting_connect": _("{other} n’a pas encore rejoint l’appel."),
    "connecting": _("Connexion de l’image et du son…"),
    "connected": _("Vous êtes connectés."),
    "connection_trouble": _("L’image ne passe pas. Nouvelle tentative…"),
    "connection_failed": _(
        "L’image et le son ne passent pas entre vos deux réseaux. Essayez un autre réseau, ou continuez par écrit."
    ),
    "server_lost": _("Connexion perdue. Le décompte est arrêté. Nouvelle tentative…"),
    "server_back": _("Connexion rétablie."),
    "free_running": _("Temps gratuit en cours"),
    "paid_running": _("Décompte en cours"),
    "paused": _("En pause\u202f: votre interlocuteur n’est plus connecté. Le décompte est arrêté."),
    "paused_media": _("En pause\u202f: l’image et le son ne passent pas. Le décompte est arrêté."),
    "paused_alone": _("En pause\u202f: le décompte est arrêté."),
    "not_started": _("Le décompte n’a pas commencé."),
    "limit_reached": _("Temps prévu écoulé\u202f: le décompte est arrêté. L’appel se termine dans {left}."),
    "free_started": _("Temps gratuit\u202f: {left} pour vérifier l’image et le son. Rien n’est compté."),
    "paid_started": _("Le décompte a commencé à {time} ({zone})."),
    "resumed": _("Le décompte reprend."),
    "minutes_left": _("Il reste {count} minutes."),
    "minute_left": _("Il reste 1 minute."),
    "limit_announced": _("Le temps prévu est écoulé. Le décompte est arrêté\u202f; l’appel se termine dans 2 minutes."),
    "end_asked_by_you": _(
        "Vous avez demandé à terminer. {other} doit confirmer\u202f; le décompte continue jusque-là."
    ),
    "end_asked_by_other": _("{other} propose de terminer la session."),
    "end_dropped": _("La session continue."),
    "amount_charged": _("Montant facturé\u202f: {amount}, pour {duration} de temps payé."),
    "amount_so_far": _("Montant à cet instant\u202f: {amount}, pour {duration} de temps payé."),
    "microphone_muted": _("(micro coupé)"),
    "other_microphone_off": _("{other} a coupé son micro."),
    "other_camera_off": _("{other} a coupé sa caméra."),
    "other_left": _("{other} n’est plus dans l’appel."),
    "share": _("Partager"),
    "share_stop": _("Arrêter le partage"),
    "share_on": _("{other} partage son écran."),
    "share_off": _("{other} ne partage plus son écran."),
    "share_asked": _("{other} vous demande de partager votre écran."),
    "share_asked_by_you": _("Votre demande de partage est envoyée."),
    "share_declined": _("{other} ne partage pas son écran pour le moment."),
    "share_unavailable": _(
        "Le partage d’écran n’est pas disponible sur cet appareil. Utilisez un ordinateur avec Chrome ou Firefox."
    ),
    "share_refused": _("Le navigateur n’a pas partagé l’écran. Choisissez une fenêtre, puis « Partager »."),
    "quality_good": _("Connexion bonne"),
    "quality_fair": _("Connexion moyenne"),
    "quality_poor": _("Connexion faible"),
    "devices_blocked": _("Le navigateur bloque la caméra ou le micro."),
    "devices_blocked_chromium": _(
        "Cliquez sur l’icône à gauche de l’adresse, autorisez la caméra et le micro, puis réessayez."
    ),
    "devices_blocked_firefox": _(
        "Cliquez sur l’icône de caméra barrée à gauche de l’adresse, retirez le blocage, puis réessayez."
    ),
    "devices_blocked_other": _("Autorisez la caméra et le micro pour ce site dans les réglages, puis réessayez."),
    "no_microphone": _("Aucun micro n’a été trouvé."),
    "plug_microphone": _("Branchez un micro ou un casque, puis réessayez."),
    "no_camera": _("Aucune caméra n’a été trouvée. Vous pouvez venir avec le son seulement."),
    "device_busy": _("La caméra ou le micro est utilisé par une autre application. Fermez-la, puis réessayez."),
    "devices_ready": _("Votre caméra et votre micro fonctionnent."),
    "microphone_ready": _("Votre micro fonctionne."),
    "not_capable": _("Ce navigateur ne permet pas la vidéo. Utilisez la dernière version de Chrome ou de Firefox."),
    "you": _("Vous"),
    "camera_number": _("Caméra {number}"),
    "microphone_number": _("Micro {number}"),
    "final_elsewhere": _("Vous êtes déjà connecté dans un autre onglet."),
    "final_elsewhere_more": _("L’appel et le décompte continuent dans l’autre onglet. Vous pouvez les reprendre ici."),
    "final_over": _("La session est terminée."),
    "final_not_now": _("La salle n’est pas ouverte."),
    "final_signed_out": _("Vous êtes déconnecté. Connectez-vous de nouveau pour revenir dans la salle."),
    "final_too_fast": _("Trop de messages ont été envoyés d’un coup. Rechargez la page pour revenir."),
    "left": _(
        "Vous avez quitté la session. Le décompte est arrêté\u202f; vous pouvez revenir jusqu’à minuit ({zone})."
    ),
}

# What ended an interval of the proof. `%(name)s` is the person, when there is one.
CAUSES: dict[str, str | Promise] = {
    Cause.LEFT: _("%(name)s a quitté l’appel"),
    Cause.LOST: _("%(name)s a perdu la connexion"),
    Cause.MEDIA: _("L’image et le son ne passaient plus"),
    Cause.TIME_USED_UP: _("Temps prévu écoulé"),
    Cause.DAY_OVER: _("Fin de la journée"),
    Cause.AGREED: _("« Terminer », par les deux personnes"),
    Cause.CANCELED: _("Annulation de la réservation"),
    Cause.STAFF: _("Arrêt par l’équipe"),
    "free_over": _("Fin du temps gratuit"),
    "paid_started": _("Démarrage de la session payante par %(name)s"),
    "returned": _("%(name)s est de retour"),
    "media_back": _("L’image et le son passaient de nouveau"),
    "extended": _("Reprise"),
}
KINDS: dict[str, str | Promise] = {"free": _("Gratuit"), "paid": _("Payé"), "pause": _("Pause")}
