"""« Toutes les échéances » (K-57): every deadline of the product, and what follows when it passes, in one table.

Each length is computed from what the code uses: a value that staff may change, or the constant itself. A silence means
something else in each place; here they stand side by side. A test finds a value that is on no line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.legal import NOTICE
from accounts.rules import EXPORT_KEPT, EXPORT_PACE, LAST_WARNING, REACTIVATION
from billing.services.credit import WINDOW as CREDIT_WINDOW
from bookings.rules import WITHDRAWAL_PERIOD
from bookings.services.reminders import BEFORE, LAPSE_NOTICE
from bookings.states import ReminderKind
from core.templatetags.house import duration
from notifications.services.forgetting import EMAILS_KEPT
from reviews.services.invitations import FIRST_AFTER, REMINDER_AFTER

Words = str | Promise
Values = Mapping[str, int]
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Deadline:
    """`keys` are the values of `core.values` that `length` prints."""

    what: Words
    length: Words
    then: Words
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    title: Words
    slug: str
    deadlines: tuple[Deadline, ...]


def days(number: int) -> Words:
    return ngettext_lazy("%d\u00a0jour", "%d\u00a0jours", number) % number


def hours(number: int) -> Words:
    return ngettext_lazy("%d\u00a0heure", "%d\u00a0heures", number) % number


def groups(values: Values) -> list[Group]:
    return [
        Group(_("Demandes et réservations"), "reservations", (*_requests(values), *_reminders())),
        Group(_("Session vidéo"), "session-video", _room(values)),
        Group(_("Argent"), "argent", _money(values)),
        Group(_("Litiges"), "litiges", _cases(values)),
        Group(_("Avis et messages"), "avis", _words(values)),
        Group(_("Réponses de l’équipe"), "equipe", _team(values)),
        Group(_("Demandes à l’équipe"), "demandes", _support(values)),
        Group(_("Compte et données"), "compte", _account()),
    ]


def _requests(values: Values) -> tuple[Deadline, ...]:
    free = values["free_cancellation_hours"]
    until_start = _("jusqu’à l’heure de début prévue")
    learner = format_lazy(_("jusqu’à {time} avant l’heure de début prévue"), time=hours(free)) if free else until_start
    return (
        Deadline(
            _("Répondre à une demande ou à une proposition"),
            format_lazy(_("{time}, et au plus tard l’heure proposée"), time=days(values["request_lapse_days"])),
            _("La demande expire, sans frais."),
            ("request_lapse_days",),
        ),
        Deadline(
            _("Payer une réservation acceptée"),
            duration(values["payment_window_minutes"] * 60),
            _("Le paiement expire\u202f; il peut être rouvert jusqu’au début prévu si l’heure est encore libre."),
            ("payment_window_minutes",),
        ),
        Deadline(
            _("Annuler seul, pour l’apprenant"),
            learner,
            _("La session ne s’annule plus que d’un commun accord."),
            ("free_cancellation_hours",),
        ),
        Deadline(
            _("Annuler seul, pour le mentor"), until_start, _("La session ne s’annule plus que d’un commun accord.")
        ),
        Deadline(
            _("Annuler d’un commun accord, ou convenir d’une autre heure"),
            _("jusqu’à la première seconde facturée, le jour de la session"),
            _("La proposition expire et la session reste comme elle était."),
        ),
        Deadline(
            _("Droit de rétractation"),
            format_lazy(_("{time} après la réservation"), time=days(WITHDRAWAL_PERIOD.days)),
            _("Une session plus proche se réserve en demandant à commencer avant ce délai."),
        ),
    )


def _reminders() -> tuple[Deadline, ...]:
    day_before, hour_before = BEFORE[ReminderKind.DAY_BEFORE] // HOUR, BEFORE[ReminderKind.HOUR_BEFORE] // HOUR
    return (
        Deadline(
            _("Rappels d’une session"),
            format_lazy(_("{first} et {last} avant"), first=hours(day_before), last=hours(hour_before)),
            _("Un e-mail, que vous pouvez refuser."),
        ),
        Deadline(
            _("Rappel d’une demande sans réponse"),
            format_lazy(_("{time} avant qu’elle expire"), time=hours(LAPSE_NOTICE // HOUR)),
            _("Un e-mail à la personne qui doit répondre."),
        ),
    )


def _room(values: Values) -> tuple[Deadline, ...]:
    return (
        Deadline(
            _("Temps gratuit au début"),
            duration(values["free_seconds"]),
            _("Le décompte commence."),
            ("free_seconds",),
        ),
        Deadline(
            _("Répondre à une prolongation"),
            duration(settings.ROOM_EXTENSION_SECONDS),
            _("La prolongation est abandonnée, et rien n’est pris."),
        ),
        Deadline(
            _("Se dire au revoir après le temps prévu"),
            duration(values["limit_window_seconds"]),
            _("L’appel se ferme\u202f; ce temps n’est pas facturé."),
            ("limit_window_seconds",),
        ),
        Deadline(
            _("Entrer dans la salle"),
            _("le jour de la session, jusqu’à minuit dans le fuseau de la réservation"),
            _("La salle se ferme et le temps donné est facturé."),
        ),
    )


def _money(values: Values) -> tuple[Deadline, ...]:
    first, last = values["payout_delay_hours"], values["payout_alarm_hours"]
    return (
        Deadline(
            _("Virement au mentor"),
            format_lazy(_("entre {first} et {last} après la session"), first=hours(first), last=hours(last)),
            _("Notre équipe est alertée de tout retard."),
            ("payout_delay_hours", "payout_alarm_hours"),
        ),
        Deadline(
            _("Payer une recharge de crédit"),
            duration(int(CREDIT_WINDOW.total_seconds())),
            _("La page de paiement se ferme, et rien n’est pris."),
        ),
    )


def _cases(values: Values) -> tuple[Deadline, ...]:
    return (
        Deadline(
            _("Répondre à une réclamation"),
            days(values["complaint_answer_days"]),
            _("L’équipe décide avec ce qu’elle a."),
            ("complaint_answer_days",),
        ),
        Deadline(
            _("Expliquer une session qui n’a pas eu lieu"),
            days(values["statement_days"]),
            _("L’équipe décide\u202f; si personne ne dit rien, le montant est rendu, sauf si le mentor a attendu."),
            ("statement_days",),
        ),
        Deadline(
            _("Attendre l’apprenant dans la salle, pour le mentor"),
            duration(values["mentor_waiting_minutes"] * 60),
            _("L’équipe examine la session même si personne ne l’explique."),
            ("mentor_waiting_minutes",),
        ),
        Deadline(
            _("Faire un recours"),
            format_lazy(_("{time} après la décision"), time=days(values["appeal_days"])),
            _("La décision s’applique\u202f: l’argent est rendu ou viré."),
            ("appeal_days",),
        ),
    )


def _words(values: Values) -> tuple[Deadline, ...]:
    return (
        Deadline(
            _("Donner un avis"),
            format_lazy(_("{time} après la session"), time=days(values["review_days"])),
            _("L’avis n’est plus possible."),
            ("review_days",),
        ),
        Deadline(
            _("Invitation à donner un avis"),
            format_lazy(
                _("{first} après la session, puis {last}"),
                first=hours(FIRST_AFTER // HOUR),
                last=days(REMINDER_AFTER.days),
            ),
            _("Un e-mail chaque fois, jamais un troisième."),
        ),
        Deadline(
            _("Corriger son avis"),
            hours(values["review_edit_hours"]),
            _("L’avis reste tel quel."),
            ("review_edit_hours",),
        ),
        Deadline(
            _("Être prévenu d’un message non lu"),
            duration(values["unread_mail_minutes"] * 60),
            _("Un e-mail par conversation et par jour."),
            ("unread_mail_minutes",),
        ),
    )


def _team(values: Values) -> tuple[Deadline, ...]:
    late = _("Le dossier passe devant les autres.")
    asked: tuple[tuple[Words, str], ...] = (
        (_("Demande de mentor"), "mentor_vetting_hours"),
        (_("Formation ou nom proposé"), "offer_vetting_hours"),
        (_("Avis signalé"), "review_report_hours"),
        (_("Message ou membre signalé"), "message_report_hours"),
        (_("Décision d’un litige"), "case_decision_hours"),
        (_("Correction d’un compte, proposée par une personne et validée par une autre"), "correction_hours"),
    )
    return tuple(Deadline(what, hours(values[key]), late, (key,)) for what, key in asked)


def _support(values: Values) -> tuple[Deadline, ...]:
    wait, warn, again = (values[f"support_{name}_days"] for name in ("waiting", "warning", "reopen"))
    return (
        Deadline(
            _("Répondre à une question de l’équipe"),
            format_lazy(_("{time}, avec un rappel {warning} avant"), time=days(wait), warning=days(warn)),
            _("La demande se ferme\u202f; elle se rouvre d’un message."),
            ("support_waiting_days", "support_warning_days"),
        ),
        Deadline(
            _("Rouvrir une demande résolue"),
            days(again),
            _("Une nouvelle demande est nécessaire."),
            ("support_reopen_days",),
        ),
        Deadline(
            _("Demande d’un visiteur, une fois finie"),
            days(values["support_visitor_days"]),
            _("Elle est effacée avec ses fichiers, le nom et l’adresse."),
            ("support_visitor_days",),
        ),
    )


def _account() -> tuple[Deadline, ...]:
    return (
        Deadline(
            _("Choisir un nouveau mot de passe"),
            duration(settings.PASSWORD_RESET_TIMEOUT),
            _("Le lien ne sert plus\u202f; demandez-en un autre."),
        ),
        Deadline(
            _("Rester connecté"), days(settings.SESSION_COOKIE_AGE // 86_400), _("Il faut se connecter à nouveau.")
        ),
        Deadline(
            _("Nouvelle version des conditions que vous avez acceptées"),
            format_lazy(_("annoncée au moins {time} avant d’entrer en vigueur"), time=days(NOTICE.days)),
            _("Votre accord est demandé à votre première visite."),
        ),
        Deadline(
            _("Réactiver un compte fermé"),
            format_lazy(
                _("{time}, avec un e-mail {warning} avant la fin"),
                time=days(REACTIVATION.days),
                warning=days(LAST_WARNING.days),
            ),
            _("Les données personnelles sont effacées pour toujours."),
        ),
        Deadline(
            _("Demander une archive de ses données"),
            format_lazy(_("une par {time}"), time=days(EXPORT_PACE.days)),
            _("La demande suivante attend."),
        ),
        Deadline(_("Télécharger cette archive"), days(EXPORT_KEPT.days), _("Elle est retirée.")),
        Deadline(_("E-mails que nous vous avons envoyés"), days(EMAILS_KEPT.days), _("Notre copie est effacée.")),
    )
