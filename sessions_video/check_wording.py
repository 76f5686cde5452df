"""Words of the checks before a call, in the reader's language. `{name}` is filled by the script."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHECK_TEXTS: dict[str, str | Promise] = {
    "state_todo": pgettext_lazy("vérification", "À faire"),
    "state_running": pgettext_lazy("vérification", "En cours"),
    "state_passed": pgettext_lazy("vérification", "Réussi"),
    "state_failed": pgettext_lazy("vérification", "Échoué"),
    "state_notice": pgettext_lazy("vérification", "À savoir"),
    "verdict_ready": _("Tout est prêt pour une session."),
    "verdict_left": _("Encore à vérifier\u202f: {names}."),
    "verdict_failed": _("À corriger\u202f: {names}."),
    # Browser and permission
    "browser_capable": _("Ce navigateur permet la vidéo."),
    "permission_asked": _("Répondez à la question du navigateur."),
    "devices_blocked_safari": _(
        "Ouvrez le menu Safari, «\u202fRéglages pour ce site web\u202f», autorisez la caméra et le micro, puis "
        "réessayez."
    ),
    "devices_blocked_ios": _(
        "Ouvrez Réglages, puis votre navigateur, autorisez la caméra et le micro, puis rechargez cette page."
    ),
    "devices_blocked_android": _(
        "Touchez l’icône à gauche de l’adresse, puis «\u202fAutorisations\u202f», autorisez la caméra et le micro et "
        "réessayez."
    ),
    "devices_blocked_system": _(
        "L’ordinateur lui-même les refuse au navigateur\u202f: ouvrez ses réglages de confidentialité, autorisez la "
        "caméra et le micro pour ce navigateur, puis réessayez."
    ),
    "devices_closed": _("La caméra et le micro sont éteints."),
    "camera_ready": _("Votre caméra fonctionne."),
    # Camera and microphone
    "camera_seen": _("Vous devez vous voir dans l’aperçu. Sinon, choisissez une autre caméra."),
    "camera_unused": _("Vous venez avec le son seulement."),
    "microphone_speak": _("Dites quelques mots…"),
    "microphone_heard": _("Nous vous entendons."),
    "microphone_silent": _(
        "Nous n’entendons rien. Parlez plus fort, vérifiez que le micro n’est pas coupé sur le casque, ou choisissez "
        "un autre micro."
    ),
    "record_running": _("Parlez… encore {left}\u202fs"),
    "record_done": _("Écoutez-vous\u202f: si votre voix est claire, tout va bien. Sinon, rapprochez le micro."),
    "record_unavailable": _("Ce navigateur ne sait pas enregistrer. La barre du micro suffit pour vérifier."),
    # Sound
    "speaker_number": _("Sortie {number}"),
    "sound_question": _("Avez-vous entendu deux notes\u202f?"),
    "sound_heard": _("Vous entendrez votre interlocuteur."),
    "sound_unheard": _(
        "Montez le volume, vérifiez que le casque est branché, choisissez une autre sortie s’il y en a une, et "
        "réessayez."
    ),
    # Network
    "network_running": _("Test du réseau en cours."),
    "network_done": _("Test du réseau terminé."),
    "network_blocked": _("Test du réseau terminé\u202f: quelque chose bloque. Lisez ce qui est à corriger."),
    "round_trip": _("Aller-retour\u202f: {ms}\u202fms."),
    "round_trip_long": _(
        "Aller-retour\u202f: {ms}\u202fms, c’est long. Rapprochez-vous de la box ou branchez un câble."
    ),
    "socket_blocked": _(
        "Votre réseau bloque les liaisons en direct (WebSocket). Coupez le VPN, essayez un autre réseau, ou demandez à "
        "votre service informatique de les autoriser pour ce site."
    ),
    "address_found": _("Votre réseau se laisse joindre\u202f: l’appel peut passer sans détour."),
    "address_hidden": _("Votre réseau cache votre adresse\u202f: l’appel passera par le relais."),
    "address_unknown": _("Aucun serveur n’est prévu ici pour le vérifier."),
    "relay_reached": _("Le relais répond en {ms}\u202fms."),
    "relay_slow_way": _("Le relais répond en {ms}\u202fms, en {protocol}\u202f: l’image peut être moins fluide."),
    "relay_missing": _("Aucun relais n’est prévu ici\u202f: les appels passent en direct ou pas du tout."),
    "relay_blocked": _(
        "Votre réseau bloque le relais\u202f: l’appel risque de rester sans image ni son. Coupez le VPN, essayez un "
        "autre réseau (le partage de connexion d’un téléphone, par exemple), ou demandez à votre service informatique "
        "d’autoriser les appels vidéo (WebRTC, TURN)."
    ),
    "relay_refused": _("Le relais nous a refusé\u202f: c’est de notre côté. Réessayez dans quelques minutes."),
    "relay_unknown": _("Le test n’a pas pu commencer. Vérifiez votre connexion, puis réessayez."),
    # Screen
    "share_possible": _("Cet appareil peut partager son écran."),
}
