"""The help page: its sections (the texts are templates) and every deadline of the product in one table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.templatetags.house import duration, minutes
from core.values import DEFAULTS, value

Words = str | Promise
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Section:
    slug: str
    title: Words
    name: str

    @property
    def template(self) -> str:
        return f"pages/help/_{self.name}.html"


SECTIONS = (
    Section("devenir-mentor", _("Devenir mentor"), "becoming"),
    Section("offre", _("Votre offre"), "offer"),
    Section("tarif", _("Tarif et facturation"), "rate"),
    Section("contact", _("Messages"), "messages"),
    Section("reservations", _("Réservations"), "bookings"),
    Section("paiement", _("Paiement et crédit"), "payment"),
    Section("session-video", _("La session vidéo"), "video"),
    Section("avis", _("Avis et litiges"), "reviews"),
    Section("compte", _("Votre compte"), "account"),
)


@dataclass(frozen=True)
class Deadline:
    what: Words
    length: Words
    then: Words


def values_in_force() -> dict[str, int]:
    """Every value that the texts print, each read once."""
    values = {key: value(key) for key in DEFAULTS}
    return values | {"free_minutes": values["free_seconds"] // SECONDS_PER_MINUTE}


def deadlines(values: dict[str, int]) -> list[Deadline]:
    parts = (_booking_deadlines, _room_deadlines, _later_deadlines, _case_deadlines, _support_deadlines)
    return [deadline for part in parts for deadline in part(values)]


def _booking_deadlines(values: dict[str, int]) -> list[Deadline]:
    return [
        Deadline(
            _("Répondre à une demande ou à une proposition"),
            format_lazy(_("{days} jours, et au plus tard l’heure proposée"), days=values["request_lapse_days"]),
            _("La demande expire, sans frais."),
        ),
        Deadline(
            _("Payer une réservation acceptée"),
            minutes(values["payment_window_minutes"]),
            _("Le paiement expire ; il peut être rouvert jusqu’au début prévu si l’heure est encore libre."),
        ),
        Deadline(_("Annuler sans frais"), _("jusqu’à l’heure de début prévue"), _("La session ne s’annule plus.")),
    ]


def _room_deadlines(values: dict[str, int]) -> list[Deadline]:
    return [
        Deadline(_("Temps gratuit au début"), duration(values["free_seconds"]), _("Le décompte commence.")),
        Deadline(
            _("Se dire au revoir après le temps prévu"),
            duration(values["limit_window_seconds"]),
            _("L’appel se ferme ; ce temps n’est pas facturé."),
        ),
        Deadline(
            _("Entrer dans la salle"),
            _("le jour de la session, jusqu’à minuit dans le fuseau de la réservation"),
            _("La salle se ferme et le temps donné est facturé."),
        ),
    ]


def _later_deadlines(values: dict[str, int]) -> list[Deadline]:
    return [
        Deadline(
            _("Virement au mentor"),
            format_lazy(
                _("entre {first} et {last} heures après la session"),
                first=values["payout_delay_hours"],
                last=values["payout_alarm_hours"],
            ),
            _("Notre équipe est alertée de tout retard."),
        ),
        Deadline(
            _("Donner un avis"),
            format_lazy(_("{days} jours après la session"), days=values["review_days"]),
            _("L’avis n’est plus possible."),
        ),
        Deadline(
            _("Corriger son avis"),
            format_lazy(_("{hours} heures"), hours=values["review_edit_hours"]),
            _("L’avis reste tel quel."),
        ),
        Deadline(
            _("Être prévenu d’un message non lu"),
            minutes(values["unread_mail_minutes"]),
            _("Un e-mail par conversation et par jour."),
        ),
    ]


def _support_deadlines(values: dict[str, int]) -> list[Deadline]:
    return [
        Deadline(
            _("Répondre à une question de l’équipe"),
            format_lazy(_("{days} jours"), days=values["support_waiting_days"]),
            format_lazy(
                _("Votre demande se ferme, après un rappel {days} jours avant."), days=values["support_warning_days"]
            ),
        ),
        Deadline(
            _("Rouvrir une demande résolue"),
            format_lazy(_("{days} jours"), days=values["support_reopen_days"]),
            _("Écrivez une nouvelle demande."),
        ),
    ]


def _case_deadlines(values: dict[str, int]) -> list[Deadline]:
    return [
        Deadline(
            _("Répondre à une réclamation"),
            format_lazy(_("{days} jours"), days=values["complaint_answer_days"]),
            _("L’équipe décide avec ce qu’elle a."),
        ),
        Deadline(
            _("Expliquer une session qui n’a pas eu lieu"),
            format_lazy(_("{days} jours"), days=values["statement_days"]),
            _("L’équipe décide\u202f; si personne ne dit rien, le montant est rendu, sauf si le mentor a attendu."),
        ),
        Deadline(
            _("Faire un recours"),
            format_lazy(_("{days} jours après la décision"), days=values["appeal_days"]),
            _("La décision s’applique\u202f: l’argent est rendu ou viré."),
        ),
    ]
