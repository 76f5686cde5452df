"""What `bookings` knows of a member: contracts with others, most of which outlive him without his name."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from bookings.models import (
    Booking,
    BookingEvent,
    BookingVersion,
    CalendarFeed,
    Cancellation,
    JointProposal,
    Suggestion,
)
from bookings.selectors import cancellation_deadline
from bookings.services import left_open
from bookings.services.cancellation import CANCELABLE
from bookings.states import OPEN, Status
from core.exporting import section
from core.personal_data import Fate, Held, Obstacle, Section, Source, Words
from core.templatetags.house import euros, moment

CONTRACT = gettext_lazy(
    "contrat conclu et pièce comptable, 10 ans, sous pseudonyme (code de commerce, art. L123-22)\u202f; les objectifs "
    "d’une demande qui n’a rien donné sont effacés"
)
# Agreed and paid for once: terms that bound two people.
CONCLUDED = frozenset({Status.CONFIRMED, Status.IN_PROGRESS, Status.CLOSED, Status.SETTLED, Status.NOT_HELD})

HELD = (
    Held("bookings.Booking", gettext_lazy("les réservations"), Fate.PSEUDONYM, ("learner", "mentor"), CONTRACT),
    Held("bookings.BookingVersion", gettext_lazy("les conditions proposées"), Fate.PSEUDONYM, ("author",), CONTRACT),
    Held("bookings.VersionAcceptance", gettext_lazy("les accords donnés"), Fate.PSEUDONYM, ("user",), CONTRACT),
    Held("bookings.BookingEvent", gettext_lazy("les étapes des réservations"), Fate.PSEUDONYM, ("actor",), CONTRACT),
    Held("bookings.Cancellation", gettext_lazy("les annulations"), Fate.PSEUDONYM, ("by",), CONTRACT),
    Held(
        "bookings.EarlyStartRequest",
        gettext_lazy("les demandes de commencer avant 14 jours"),
        Fate.PSEUDONYM,
        ("by",),
        CONTRACT,
    ),
    Held(
        "bookings.JointProposal",
        gettext_lazy("les autres heures et annulations proposées"),
        Fate.PSEUDONYM,
        ("author", "answered_by"),
        CONTRACT,
    ),
    Held(
        "bookings.Suggestion",
        gettext_lazy("les sessions proposées par un mentor"),
        Fate.PSEUDONYM,
        ("mentor", "learner"),
        CONTRACT,
    ),
    Held("bookings.Reminder", gettext_lazy("les rappels envoyés"), Fate.PSEUDONYM, (), CONTRACT),
    Held("bookings.CalendarFeed", gettext_lazy("l’adresse de l’agenda"), Fate.ERASED, ("user",)),
)


def sections(member_id: int) -> Iterator[Section]:
    mine = Booking.objects.filter(Q(learner=member_id) | Q(mentor=member_id)).with_people()
    yield section(
        _("Réservations"),
        mine,
        (_("Référence"), "reference"),
        (_("Votre rôle"), lambda row: _("apprenant") if row.learner_id == member_id else _("mentor")),
        (_("Avec"), lambda row: (row.mentor if row.learner_id == member_id else row.learner).get_full_name()),
        "subject",
        "status",
        "starts_at",
        "duration_minutes",
        "time_zone",
        "hourly_rate_cents",
        "billed_seconds",
        "created_at",
    )
    about = (_("Réservation"), lambda row: row.booking.reference)
    versions = BookingVersion.objects.filter(author=member_id).select_related("booking")
    terms = ("number", "starts_at", "duration_minutes", "objectives", "note", "created_at")
    yield section(_("Conditions que vous avez proposées"), versions, about, *terms)
    canceled = Cancellation.objects.filter(by=member_id).select_related("booking")
    yield section(_("Vos annulations"), canceled, about, "at", "reason", "returned_cents")
    proposed = JointProposal.objects.filter(author=member_id).select_related("booking")
    yield section(_("Heures et annulations proposées"), proposed, about, "kind", "status", "starts_at", "note")
    suggested = Suggestion.objects.filter(mentor=member_id).select_related("learner")
    yield section(
        _("Sessions que vous avez proposées"), suggested, "learner", "subject", "starts_at", "objectives", "note"
    )


def obstacles(member_id: int, now: datetime) -> Iterator[Obstacle]:
    """A session that runs, or that this person alone can no longer cancel. One that was not held stops as a case."""
    member = User.objects.get(pk=member_id)
    rows = Booking.objects.of(member).with_people().filter(status__in=[Status.CONFIRMED, Status.IN_PROGRESS])
    for booking in rows.order_by("starts_at"):
        if booking.status == Status.CONFIRMED and now < cancellation_deadline(booking, member):
            continue
        what = {"name": booking.other(member).get_full_name(), "when": moment(booking.meets_at, booking.zone)}
        text = _("La session avec %(name)s du %(when)s ne s’annule plus\u202f: elle doit d’abord se terminer.")
        yield Obstacle(text % what, booking.get_absolute_url(), _("Voir la session"))


def consequences(member_id: int, now: datetime) -> Iterator[Words]:
    member = User.objects.get(pk=member_id)
    found = list(left_open(member, now))
    for booking in found:
        if booking.status == Status.CONFIRMED:
            yield _canceled(booking, member)
    unpaid = [booking for booking in found if booking.status in CANCELABLE - {Status.CONFIRMED}]
    if unpaid:
        yield ngettext(
            "Une session acceptée mais pas encore payée est annulée.",
            "%(count)d sessions acceptées mais pas encore payées sont annulées.",
            len(unpaid),
        ) % {"count": len(unpaid)}
    asked = [booking for booking in found if booking.status in OPEN]
    if asked:
        yield ngettext(
            "Une demande de session en cours est retirée.",
            "%(count)d demandes de session en cours sont retirées.",
            len(asked),
        ) % {"count": len(asked)}


def _canceled(booking: Booking, member: User) -> str:
    what = {
        "name": booking.other(member).get_full_name(),
        "when": moment(booking.meets_at, booking.zone),
        "amount": euros(booking.maximum_cents),
    }
    if booking.learner_id == member.pk:
        return _("La session avec %(name)s du %(when)s est annulée\u202f: %(amount)s vous reviennent.") % what
    return _("La session avec %(name)s du %(when)s est annulée\u202f: %(amount)s lui sont rendus.") % what


def erase(member_id: int) -> None:
    """His own words; what the two agreed on and paid for stays as it was agreed."""
    CalendarFeed.objects.filter(user=member_id).delete()
    own = BookingVersion.objects.filter(author=member_id)
    own.exclude(note="").update(note="")
    own.exclude(booking__events__to_status__in=CONCLUDED).exclude(objectives="").update(objectives="")
    BookingEvent.objects.filter(actor=member_id).exclude(reason="").update(reason="")
    Cancellation.objects.filter(by=member_id).exclude(reason="").update(reason="")
    JointProposal.objects.filter(author=member_id).exclude(note="").update(note="")
    Suggestion.objects.filter(mentor=member_id).update(note="", objectives="")


SOURCE = Source(
    app="bookings",
    title=gettext_lazy("Réservations"),
    held=HELD,
    sections=sections,
    obstacles=obstacles,
    consequences=consequences,
    erase=erase,
)
