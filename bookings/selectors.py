"""Bookings as the pages need them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from bookings.awaited import awaited_from
from bookings.models import Booking, BookingQuerySet, JointProposal, Suggestion
from bookings.states import ENDED, FINAL, OPEN, TAKEN, JointStatus, Status
from core import clock, values
from core.observation import occasion
from core.prepared import Prepared, is_among, number_of
from core.references import Described
from messaging.selectors import thread_between

PREFIX = "booking"
SUGGESTION_PREFIX = "suggestion"
# A local day begins and ends at most this far from the same day in UTC.
_WIDEST_DAY = timedelta(hours=38)


def get_booking_for(user: User, reference: str, *, lock: bool = False) -> Booking:
    """The booking, for its learner or its mentor; 404 for anybody else."""
    bookings = Booking.objects.of(user).with_people()
    if lock:
        bookings = bookings.select_for_update(of=("self",))
    booking: Booking = get_object_or_404(bookings, reference=reference)
    occasion.note(booking=booking.reference)
    return booking


def get_joint_proposal_for(user: User, reference: str, proposal: str) -> JointProposal:
    """What the two people of a booking settle together; 404 for anybody else."""
    booking = get_booking_for(user, reference)
    found: JointProposal = get_object_or_404(booking.joint_proposals, reference=proposal)
    found.booking = booking
    return found


def find_booking(reference: str) -> Booking | None:
    """The booking of an opaque `booking:<reference>`, or None if it names something else."""
    prefix, _, identifier = reference.partition(":")
    if prefix != PREFIX:
        return None
    return Booking.objects.with_people().filter(reference=identifier).first()


@Prepared
def _named(references: list[str]) -> BookingQuerySet:
    return Booking.objects.with_people().filter(is_among("reference", references)).prefetch_related("versions")


def find_bookings(references: Iterable[str]) -> dict[str, Booking]:
    """The same for many, in one query."""
    identifiers = [reference.removeprefix(f"{PREFIX}:") for reference in references]
    return {booking.ledger_reference: booking for booking in _named.rows(identifiers)}


def find_own_booking(reference: str, *, learner: User, mentor: User) -> Booking | None:
    """A booking of these two that is to be asked for again; nothing for anybody else's."""
    if not reference:
        return None
    return Booking.objects.filter(reference=reference, learner=learner, mentor=mentor).first()


def find_suggestion(reference: str, *, learner: User, mentor: User) -> Suggestion | None:
    """What this mentor proposed to this learner; nothing for anybody else's."""
    if not reference:
        return None
    return Suggestion.objects.filter(reference=reference, learner=learner, mentor=mentor).first()


def find_suggestions(references: Iterable[str]) -> dict[str, Suggestion]:
    """Those that cards name as `suggestion:<reference>`, in one query."""
    identifiers = [reference.removeprefix(f"{SUGGESTION_PREFIX}:") for reference in references]
    found = Suggestion.objects.filter(reference__in=identifiers).select_related("mentor__page", "learner", "booking")
    return {f"{SUGGESTION_PREFIX}:{suggestion.reference}": suggestion for suggestion in found}


def is_in_touch(mentor: User, learner: User) -> bool:
    """The learner wrote, or asked for a session: he may be answered with a proposal (SK-5, K-14)."""
    thread = thread_between(mentor, learner)
    return thread is not None and thread.messages.filter(author=learner).exists()


def describe(identifier: str) -> Described | None:
    booking = Booking.objects.filter(reference=identifier).first()
    return Described(booking.subject, booking.get_absolute_url()) if booking else None


def cancellation_notice() -> timedelta:
    """How long before the start the learner's own cancellation ends (K-2)."""
    return values.hours("free_cancellation_hours")


def cancellation_deadline(booking: Booking, by: User, notice: timedelta | None = None) -> datetime:
    """Until when one person alone may cancel: the planned start (SK-74), for the learner less a setting (K-2)."""
    if by.pk != booking.learner_id:
        return booking.starts_at
    return booking.starts_at - (cancellation_notice() if notice is None else notice)


def today_sessions(user: User, now: datetime | None = None) -> list[Booking]:
    """Confirmed sessions whose local day is today: their room is open (SK-81, SK-82)."""
    moment = now or clock.now()
    near = sessions_between(user, *around_today(moment)).with_people().order_by("starts_at")
    return [booking for booking in near if booking.day_bounds.starts_at <= moment < booking.day_bounds.ends_at]


def around_today(now: datetime) -> tuple[datetime, datetime]:
    """Today, whatever the time zone."""
    return now - _WIDEST_DAY, now + _WIDEST_DAY


def sessions_between(user: User, after: datetime, before: datetime) -> BookingQuerySet:
    """Confirmed sessions planned to start within these bounds."""
    return Booking.objects.of(user).final().filter(starts_at__gt=after, starts_at__lt=before)


def next_start_of_mentor(booking: Booking, after: datetime) -> datetime | None:
    """When the mentor's next other agreed session starts, or one whose planned time is running has started."""
    others = Booking.objects.filter(mentor=booking.mentor_id, status__in=TAKEN).meeting_after(after)
    following = others.exclude(pk=booking.pk).by_meeting().first()
    return following.meets_at if following else None


def upcoming(user: User, now: datetime | None = None) -> BookingQuerySet:
    """Agreed sessions still to come, today's included, the next first (SK-69)."""
    moment = now or clock.now()
    agreed = FINAL | {Status.ACCEPTED, Status.PAYMENT_LAPSED}
    return (
        Booking.objects.of(user)
        .with_people()
        .filter(status__in=agreed)
        .meeting_after(moment)
        .exclude(status=Status.PAYMENT_LAPSED, starts_at__lte=moment)
        .by_meeting()
    )


def past(user: User, now: datetime | None = None) -> BookingQuerySet:
    """What is over, or canceled after it was agreed; the newest first."""
    shown = (ENDED | FINAL) - {Status.DECLINED, Status.WITHDRAWN, Status.LAPSED}
    mine = Booking.objects.of(user).with_people()
    is_over = mine.filter(status__in=shown - FINAL) | mine.filter(status__in=FINAL).meeting_until(now or clock.now())
    return is_over.order_by("-starts_at")


def waiting_for(user: User, now: datetime | None = None) -> BookingQuerySet:
    """Where this member's answer or payment is expected, the most urgent first."""
    return _waiting(user, _asked_of(user, now or clock.now()))


def to_answer(user: User, now: datetime | None = None) -> BookingQuerySet:
    """The same, and those of which a later app asks him something."""
    return _waiting(user, _asked_of(user, now or clock.now()) | awaited_from(user))


def _waiting(user: User, asked: Q) -> BookingQuerySet:
    return Booking.objects.of(user).with_people().filter(asked).order_by("expires_at")


def _asked_of(user: User, moment: datetime) -> Q:
    as_mentor = Q(mentor=user, status=Status.REQUESTED, expires_at__gt=moment)
    as_learner = Q(learner=user, status=Status.COUNTERED, expires_at__gt=moment)
    to_pay = Q(learner=user, status=Status.ACCEPTED, pay_before__gt=moment)
    proposed = JointProposal.objects.filter(booking=OuterRef("pk"), status=JointStatus.OPEN, lapses_at__gt=moment)
    to_settle = Q(status=Status.CONFIRMED) & Q(Exists(proposed.exclude(author=user)))
    return as_mentor | as_learner | to_pay | to_settle


@dataclass(frozen=True)
class Figures:
    """How many sessions stand in each list of a member. Today's are read one by one: `is_near` tells whether to."""

    upcoming: int
    past: int
    waiting: int
    is_near: bool


@Prepared
def _figures(
    member: int, now: datetime, after: datetime, before: datetime
) -> "QuerySet[User, tuple[int, int, int, bool]]":
    user = User(pk=member)
    return User.objects.filter(pk=member).values_list(
        number_of(upcoming(user, now)),
        number_of(past(user, now)),
        number_of(to_answer(user, now)),
        Exists(sessions_between(user, after, before)),
    )


def figures_of(user: User, now: datetime) -> Figures:
    """One question for what four would tell."""
    [figures] = _figures.rows(user.pk, now, *around_today(now))
    return Figures(*figures)


def _list(rows: Callable[[User, datetime], BookingQuerySet]) -> Prepared[Booking]:
    def of_member(member: int, now: datetime) -> BookingQuerySet:
        return rows(User(pk=member), now)

    return Prepared(of_member)


# The lists of « Mes sessions », to be cut into pages.
UPCOMING, PAST, WAITING = map(_list, (upcoming, past, to_answer))


@Prepared
def _open_between(one: int, other: int) -> BookingQuerySet:
    pair = (one, other)
    live = OPEN | FINAL | {Status.ACCEPTED, Status.PAYMENT_LAPSED}
    return (
        Booking.objects.with_people()
        .filter(learner__in=pair, mentor__in=pair, status__in=live)
        .order_by("-created_at", "-pk")
    )


def open_between(one: User, other: User) -> Booking | None:
    """The booking of this pair that still asks for something, the newest."""
    return _open_between.first(one.pk, other.pk)


def meeting_of(user: User, starts_at: datetime, ends_at: datetime, *, but: Booking) -> Booking | None:
    """Another agreed session of this member at that time, by the hours people really mean to meet."""
    others = Booking.objects.of(user).filter(status__in=TAKEN).exclude(pk=but.pk)
    return others.meeting_between(starts_at, ends_at).by_meeting().first()


def overlapping_requests(booking: Booking) -> BookingQuerySet:
    """Other open requests of the mentor at the same time: a warning, not a refusal (K-20)."""
    return (
        Booking.objects.filter(mentor=booking.mentor_id, status__in=OPEN)
        .between(booking.starts_at, booking.ends_at)
        .exclude(pk=booking.pk)
    )
