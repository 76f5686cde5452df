from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class BookingError(DomainError):
    pass


class DateInThePast(BookingError):
    user_message = _("Choisissez une date à venir.")


class DateTooFar(BookingError):
    user_message = _("Choisissez une date dans les deux ans qui viennent.")


class HourDoesNotExist(BookingError):
    user_message = _(
        "Cette heure n’existe pas ce jour-là, à cause du passage à l’heure d’été. Choisissez une autre heure."
    )


class EndsAfterMidnight(BookingError):
    user_message = _("La session doit se terminer avant minuit.")


class BadDuration(BookingError):
    user_message = _("La durée va de 15 minutes à 8 heures, par pas de 5 minutes.")


class NothingOffered(BookingError):
    user_message = _("Choisissez une compétence ou une formation de ce mentor.")


class MentorNotBookable(BookingError):
    user_message = _("Ce membre ne prend pas de réservations pour le moment. Vous pouvez lui écrire.")


class OtherGone(BookingError):
    user_message = _("Cette personne n’est plus disponible sur Skilmi\u202f: rien n’est accepté ni payé.")


class YourselfRefused(BookingError):
    user_message = _("Vous ne pouvez pas réserver une session avec vous-même.")


class VersionReplaced(BookingError):
    user_message = _("La proposition a changé pendant que vous la lisiez. Voici la nouvelle version.")


class NotYourTurn(BookingError):
    user_message = _("La réponse de votre interlocuteur est attendue. Vous pouvez lui écrire dans le fil.")


class NothingChanged(BookingError):
    user_message = _(
        "Rien ne change dans votre proposition. Modifiez au moins un élément, ou acceptez la version en cours."
    )


class ConfirmedIsFixed(BookingError):
    user_message = _(
        "Une réservation confirmée ne se modifie pas. Vous pouvez proposer une autre heure le même jour, ou annuler."
    )


class Lapsed(BookingError):
    """E-10."""

    def __init__(self, at: datetime, zone: ZoneInfo) -> None:
        super().__init__(
            _("Cette demande a expiré le %(day)s à %(hour)s (%(zone)s). Vous pouvez refaire la demande.")
            % {"day": day_words(at, zone), "hour": hour_words(at, zone), "zone": zone.key}
        )


class SlotTaken(BookingError):
    """E-12: the mentor has a session at that time, `starts_at` to `ends_at`."""

    def __init__(self, starts_at: datetime, ends_at: datetime, zone: ZoneInfo, *, own: bool) -> None:
        hours = {"start": hour_words(starts_at, zone), "end": hour_words(ends_at, zone)}
        words = (
            _("Vous avez déjà une session de %(start)s à %(end)s ce jour-là. Proposez une autre heure.")
            if own
            else _("Le mentor a déjà une session de %(start)s à %(end)s ce jour-là. Proposez une autre heure.")
        )
        super().__init__(words % hours)


class StartIsPast(BookingError):
    user_message = _("L’heure prévue est passée\u202f: cette réservation ne peut plus être payée.")


class EarlyStartNotAsked(BookingError):
    user_message = _(
        "La session commence avant la fin du délai de rétractation de 14 jours\u202f: cochez la case qui demande "
        "qu’elle ait lieu à cette date."
    )


class CancelTooLate(BookingError):
    """E-13."""

    user_message = _("L’heure prévue est passée\u202f: l’annulation simple n’est plus possible.")


class AlreadyStarted(BookingError):
    """Raised by the receiver of `booking_canceling` when time was billed."""

    user_message = _("La session a déjà commencé\u202f: elle ne peut plus être annulée.")


class HourInThePast(BookingError):
    user_message = _("Choisissez une heure à venir.")


class SameHour(BookingError):
    user_message = _("C’est déjà l’heure de cette session. Choisissez une autre heure.")


class AlreadyProposed(BookingError):
    user_message = _("Votre interlocuteur vient de proposer la même chose. Acceptez sa proposition ci-dessous.")


class ProposalClosed(BookingError):
    user_message = _("Cette proposition n’attend plus de réponse\u202f: elle a été remplacée, retirée ou a expiré.")


class StillYoursToCancel(BookingError):
    user_message = _("Vous pouvez encore annuler seul\u202f: l’accord de votre interlocuteur n’est pas nécessaire.")


class NotInTouch(BookingError):
    user_message = _("Vous pouvez proposer une session à un membre qui vous a écrit.")


class NotPayable(BookingError):
    user_message = _("Cette réservation n’est pas à payer.")


def day_words(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "j\xa0F")


def hour_words(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")
