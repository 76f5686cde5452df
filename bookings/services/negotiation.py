"""From the request to the agreement: every proposal is a version, and only the same version binds (SK-56 to SK-65)."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from billing.models import BillingProfile
from bookings import rules
from bookings.errors import (
    ConfirmedIsFixed,
    Lapsed,
    MentorNotBookable,
    NothingChanged,
    NothingOffered,
    NotYourTurn,
    OtherGone,
    SlotTaken,
    VersionReplaced,
    YourselfRefused,
)
from bookings.models import Booking, BookingEvent, BookingVersion, Suggestion, VersionAcceptance
from bookings.services import news
from bookings.services._moves import _move, lock
from bookings.services.reminders import plan_lapse_notice
from bookings.states import OPEN, TAKEN, Status
from catalog.models import MemberSkill, Skill, Training
from core import clock, values
from core.errors import IllegalMove
from mentors.models import MentorProfile
from messaging.services import open_thread


def request_booking(
    *,
    learner: User,
    mentor: User,
    day: date,
    at: time,
    duration_minutes: int,
    objectives: str,
    skill: Skill | None = None,
    training: Training | None = None,
    time_zone: str = "",
    suggestion: Suggestion | None = None,
    client_token: UUID | None = None,
    now: datetime | None = None,
) -> Booking:
    """Send a first proposal to a mentor. The same `client_token` again returns the booking already made.

    `suggestion` is the mentor's own, which becomes this request whatever the learner changed in it (K-14).
    """
    moment = now or clock.now()
    if learner.pk == mentor.pk:
        raise YourselfRefused
    if client_token and (already := _requested_before(learner, client_token)):
        return already
    rate_cents = _rate_of(mentor)
    booking = _new_booking(learner, mentor, subject_of(mentor, skill, training), rate_cents, moment)
    booking.skill, booking.training = skill, training
    booking.time_zone = time_zone or learner.time_zone
    slot = rules.planned_slot(day, at, duration_minutes, booking.zone, moment)
    booking.client_token = client_token
    _apply(booking, slot, duration_minutes, moment)
    try:
        with transaction.atomic():
            thread = open_thread(by=learner, to=mentor, now=moment)
            booking.save(force_insert=True)
            BookingEvent.objects.create(booking=booking, to_status=booking.status, actor=learner, at=moment)
            version = _add_version(booking, learner, objectives, "", moment)
            plan_lapse_notice(booking, moment)
            if suggestion:
                _answer(suggestion, booking)
            news.post(booking, "requested", thread, author=learner, now=moment)
            news.tell(booking, "requested", [mentor], now=moment, version=version)
    except IntegrityError as error:
        if client_token and (already := _requested_before(learner, client_token)):
            return already
        if skill and not Skill.objects.filter(pk=skill.pk).exists():
            # Merged with another one at this instant.
            raise NothingOffered from error
        raise
    return booking


def _answer(suggestion: Suggestion, booking: Booking) -> None:
    """One request of it; the next ones are the learner's own."""
    own = Suggestion.objects.filter(pk=suggestion.pk, learner=booking.learner_id, mentor=booking.mentor_id)
    own.filter(booking=None).update(booking=booking)


def _requested_before(learner: User, client_token: UUID) -> Booking | None:
    return Booking.objects.filter(learner=learner, client_token=client_token).first()


def _rate_of(mentor: User) -> int:
    """Of a mentor who can be booked."""
    rates = MentorProfile.objects.bookable().filter(user=mentor).values_list("hourly_rate_cents", flat=True)
    rate_cents = rates.first()
    if rate_cents is None:
        raise MentorNotBookable
    return rate_cents


def _new_booking(learner: User, mentor: User, subject: str, rate_cents: int, now: datetime) -> Booking:
    """The booking with the mentor's terms of this moment, copied (SK-43)."""
    shares = values.several("commission_basis_points", "vat_basis_points", at=now)
    return Booking(
        learner=learner,
        mentor=mentor,
        subject=subject,
        hourly_rate_cents=rate_cents,
        commission_basis_points=shares["commission_basis_points"],
        vat_regime=BillingProfile.objects.get(user=mentor).vat_regime,
        vat_basis_points=shares["vat_basis_points"],
        created_at=now,
    )


def subject_of(mentor: User, skill: Skill | None, training: Training | None) -> str:
    if training is not None and Training.objects.public().filter(pk=training.pk, mentor=mentor).exists():
        return training.title
    if skill is not None and training is None and MemberSkill.objects.filter(user=mentor, skill=skill).exists():
        return skill.name
    raise NothingOffered


def _apply(booking: Booking, slot: rules.Slot, duration_minutes: int, now: datetime) -> None:
    booking.starts_at, booking.ends_at = slot.starts_at, slot.ends_at
    booking.duration_minutes = duration_minutes
    booking.expires_at = rules.lapse_of_version(now, slot.starts_at, values.days("request_lapse_days"))


def _add_version(booking: Booking, author: User, objectives: str, note: str, now: datetime) -> BookingVersion:
    """A proposal, accepted by its author."""
    version = BookingVersion(
        booking=booking,
        number=booking.version,
        author=author,
        starts_at=booking.starts_at,
        duration_minutes=booking.duration_minutes,
        objectives=objectives.strip(),
        note=note.strip(),
        created_at=now,
    )
    version.content_hash = rules.content_hash(version.terms())
    version.save(force_insert=True)
    _accept(version, author, now)
    return version


def _accept(version: BookingVersion, user: User, now: datetime) -> None:
    """Once each: who accepts has not accepted before, and the database would refuse."""
    VersionAcceptance.objects.create(version=version, user=user, content_hash=version.content_hash, accepted_at=now)


@transaction.atomic
def counter_offer(
    *,
    booking: Booking,
    by: User,
    answers: str,
    day: date,
    at: time,
    duration_minutes: int,
    objectives: str,
    note: str = "",
    now: datetime | None = None,
) -> Booking:
    """Replace the open version by another. `answers` is the hash of the version being answered."""
    moment = now or clock.now()
    booking = lock(booking)
    current = _check_turn(booking, by, answers, moment)
    slot = rules.planned_slot(day, at, duration_minutes, booking.zone, moment)
    same_terms = (slot.starts_at, duration_minutes, objectives.strip()) == (
        current.starts_at,
        current.duration_minutes,
        current.objectives,
    )
    if same_terms:
        raise NothingChanged
    # A proposal carries words: none pass where one of the two blocked the other.
    thread = open_thread(by=by, to=booking.other(by), now=moment)
    _apply(booking, slot, duration_minutes, moment)
    booking.version += 1
    from_mentor = by.pk == booking.mentor_id
    _move(booking, Status.COUNTERED if from_mentor else Status.REQUESTED, by=by, now=moment)
    version = _add_version(booking, by, objectives, note, moment)
    plan_lapse_notice(booking, moment)
    news.post(booking, "countered", thread, author=by, now=moment)
    news.tell(booking, "countered", [booking.other(by)], now=moment, version=version, context={"previous": current})
    return booking


def _check_turn(booking: Booking, by: User, content_hash: str, now: datetime) -> BookingVersion:
    """The open version, if it is the one this person read and his answer is expected."""
    if booking.status in TAKEN:
        raise ConfirmedIsFixed
    if booking.status == Status.LAPSED or (booking.status in OPEN and booking.expires_at <= now):
        raise Lapsed(booking.expires_at, booking.zone)
    if booking.status not in OPEN:
        raise IllegalMove
    current = booking.current_version()
    if current.content_hash != content_hash:
        raise VersionReplaced
    if booking.awaits != by:
        raise NotYourTurn
    return current


def accept_version(*, booking: Booking, by: User, content_hash: str, now: datetime | None = None) -> Booking:
    """Agree to the version whose hash was read. From here the mentor's interval is taken (K-20)."""
    moment = now or clock.now()
    try:
        with transaction.atomic():
            return _accept_locked(lock(booking), by, content_hash, moment)
    except IntegrityError:
        # Another acceptance took the interval at the same moment: the database let only one through.
        check_interval_free(booking, by)
        raise


def _accept_locked(booking: Booking, by: User, content_hash: str, now: datetime) -> Booking:
    if booking.status == Status.ACCEPTED and _has_accepted(booking, by, content_hash):
        return booking
    current = _check_turn(booking, by, content_hash, now)
    take_interval(booking, by)
    _accept(current, by, now)
    acceptances = current.acceptances.values_list("user_id", "content_hash")
    if not rules.is_agreed(acceptances, booking.learner_id, booking.mentor_id, current.content_hash):
        raise IllegalMove
    open_payment_window(booking, now)
    _move(booking, Status.ACCEPTED, by=by, now=now)
    news.post(booking, "accepted", author=by, now=now)
    if by.pk == booking.learner_id:
        news.tell(booking, "accepted", [booking.mentor], now=now, version=current)
    news.tell(booking, "payment_due", [booking.learner], now=now, version=current)
    return booking


def _has_accepted(booking: Booking, by: User, content_hash: str) -> bool:
    return booking.current_version().acceptances.filter(user=by, content_hash=content_hash).exists()


def open_payment_window(booking: Booking, now: datetime) -> None:
    booking.pay_before = rules.end_of_payment_window(now, booking.starts_at, values.minutes("payment_window_minutes"))


def take_interval(booking: Booking, by: User) -> None:
    """Acceptances of one mentor pass one by one, so that each sees the others."""
    User.objects.select_for_update(no_key=True).get(pk=booking.mentor_id)
    check_other_is_there(booking, by)
    check_interval_free(booking, by)


def check_other_is_there(booking: Booking, by: User) -> None:
    """Nobody commits himself, or pays, to somebody who is suspended or closes his account."""
    if not User.objects.filter(pk=booking.other(by).pk, is_active=True).exists():
        raise OtherGone


def check_interval_free(booking: Booking, by: User) -> None:
    """Raise SlotTaken, with the hours, if another agreed booking of the mentor meets this one."""
    taken = (
        Booking.objects.filter(mentor=booking.mentor_id, status__in=TAKEN)
        .between(booking.starts_at, booking.ends_at)
        .exclude(pk=booking.pk)
        .order_by("starts_at")
        .first()
    )
    if taken is not None:
        raise SlotTaken(taken.starts_at, taken.ends_at, booking.zone, own=by.pk == booking.mentor_id)


@transaction.atomic
def refuse(*, booking: Booking, by: User, reason: str = "", now: datetime | None = None) -> Booking:
    """The person whose answer is expected says no. Refusing twice changes nothing."""
    moment = now or clock.now()
    booking = lock(booking)
    if booking.status == Status.DECLINED:
        return booking
    _check_open(booking)
    if booking.awaits != by:
        raise NotYourTurn
    _move(booking, Status.DECLINED, by=by, now=moment, reason=reason.strip())
    news.post(booking, "declined", author=by, now=moment, reason=reason.strip())
    news.tell(booking, "declined", [booking.other(by)], now=moment, context={"reason": reason.strip()})
    return booking


@transaction.atomic
def withdraw(*, booking: Booking, by: User, now: datetime | None = None) -> Booking:
    """The author of the open version takes it back. Withdrawing twice changes nothing."""
    moment = now or clock.now()
    booking = lock(booking)
    if booking.status == Status.WITHDRAWN:
        return booking
    _check_open(booking)
    if booking.awaits == by:
        raise NotYourTurn
    _move(booking, Status.WITHDRAWN, by=by, now=moment)
    news.post(booking, "withdrawn", author=by, now=moment)
    news.tell(booking, "withdrawn", [booking.other(by)], now=moment)
    return booking


def _check_open(booking: Booking) -> None:
    if booking.status in TAKEN:
        raise ConfirmedIsFixed
    if booking.status not in OPEN:
        raise IllegalMove
