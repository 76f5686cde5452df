"""Words of the call itself: devices, sound only, quality, report. `{name}` is filled by the script."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CALL_TEXTS: dict[str, str | Promise] = {
    "other_microphone_on": _("{other} a remis son micro."),
    "other_camera_on": _("{other} a remis sa caméra."),
    "other_sound_only_on": _("{other} a choisi le son seulement\u202f: aucune image ne circule."),
    "other_sound_only_off": _("{other} a remis les images."),
    "other_not_here": _("{other} n’est pas dans l’appel."),
    "sound_only_on": _("Son seulement\u202f: votre caméra est coupée et vous ne recevez plus d’images."),
    "sound_only_off": _("Les images sont de retour."),
    "relief_light": _("Connexion faible\u202f: votre image est allégée pour que le son passe."),
    "relief_sound": _("La connexion est faible\u202f: les images sont coupées, le son passe d’abord."),
    "speaker_number": _("Haut-parleur {number}"),
    "device": _("un appareil"),
    "device_changed": _("C’est changé. L’appel continue."),
    "device_new": _("Nouvel appareil\u202f: {device}. Vous pouvez le choisir dans «\u202fRéglages\u202f»."),
    "device_gone": _("Appareil débranché\u202f: {device}."),
    "device_instead": _("L’appel continue avec\u202f: {device}."),
    "device_none": _("Il n’y a plus de micro\u202f: {other} ne vous entend pas. Écrivez-lui, ou branchez un micro."),
    "relay_on": _("L’appel passe par le relais\u202f: votre adresse reste masquée."),
    "relay_off": _("L’appel passe par le chemin le plus court."),
    "small_window_refused": _("Le navigateur n’a pas ouvert la petite fenêtre."),
    "full_screen_refused": _("Le navigateur n’a pas ouvert le plein écran."),
    "left_label": _("Restant"),
    "message_came": _("{author}\u202f: {words}"),
    "report_not_sent": _("Le signalement n’est pas parti. Vérifiez votre connexion, puis envoyez-le de nouveau."),
    "cancel": _("Annuler"),
    "close": _("Fermer"),
}
