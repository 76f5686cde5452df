"""What the video room reports: time billed, or a day without a session; and how such a day ends."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from billing.services.settlements import SettlementTerms, settle
from bookings.models import Booking
from bookings.services import news
from bookings.services._moves import _move, lock
from bookings.signals import booking_closed, booking_not_held
from bookings.states import HELD, Status
from core import clock, values


@transaction.atomic
def mark_in_progress(*, booking: Booking, now: datetime | None = None) -> Booking:
    """The first billed second: nobody can cancel any more. Repeating changes nothing."""
    booking = lock(booking)
    if booking.status != Status.IN_PROGRESS:
        _move(booking, Status.IN_PROGRESS, by=None, now=now or clock.now())
    return booking


@transaction.atomic
def close_booking(
    *,
    booking: Booking,
    billed_seconds: int,
    started_at: datetime | None,
    ended_at: datetime | None,
    reason: str = "",
    now: datetime | None = None,
) -> Booking:
    """Charge the billed seconds and give the rest back, once: a repeat returns the booking as it is.

    With zero billed seconds everything comes back, without invoice, payout or review (K-11).
    """
    moment = now or clock.now()
    booking = lock(booking)
    if booking.status in HELD:
        return booking
    booking.billed_seconds = billed_seconds
    _move(booking, Status.CLOSED, by=None, now=moment, reason=reason)
    settlement = settle(terms=_terms(booking, billed_seconds, started_at, ended_at), now=moment)
    review_until = moment + values.days("review_days")
    booking.review_until = review_until if settlement.charged_cents else None
    _move(booking, Status.SETTLED, by=None, now=moment)
    outcome = {
        "billed_seconds": billed_seconds,
        "charged_cents": settlement.charged_cents,
        "returned_cents": settlement.released_cents,
        "net_cents": settlement.net_cents,
    }
    payout_from = moment + values.hours("payout_delay_hours")
    news.post(booking, "closed", author=None, now=moment, **outcome, payout_from=payout_from.isoformat())
    news.tell(
        booking,
        "closed",
        news.both(booking),
        now=moment,
        context={
            **outcome,
            "payout_from": payout_from,
            "payout_until": moment + values.hours("payout_alarm_hours"),
            "review_until": review_until,
        },
    )
    booking_closed.send(sender=Booking, booking=booking)
    return booking


def end_review(*, booking: Booking) -> None:
    """The learner wrote his review: nothing offers it any more."""
    Booking.objects.filter(pk=booking.pk).update(review_until=None)


def _terms(
    booking: Booking, billed_seconds: int, started_at: datetime | None, ended_at: datetime | None
) -> SettlementTerms:
    return SettlementTerms(
        reference=booking.ledger_reference,
        learner=booking.learner,
        mentor=booking.mentor,
        label=booking.subject,
        rate_cents=booking.hourly_rate_cents,
        commission_basis_points=booking.commission_basis_points,
        vat_regime=booking.vat_regime,
        vat_basis_points=booking.vat_basis_points,
        billed_seconds=billed_seconds,
        service_started_at=started_at,
        service_ended_at=ended_at,
        time_zone=booking.time_zone,
    )


@transaction.atomic
def mark_not_held(*, booking: Booking, now: datetime | None = None) -> Booking:
    """The day ended without a billed second: the money stays blocked until it is decided (K-11)."""
    moment = now or clock.now()
    booking = lock(booking)
    if booking.status == Status.NOT_HELD:
        return booking
    _move(booking, Status.NOT_HELD, by=None, now=moment)
    news.post(booking, "not_held", author=None, now=moment)
    booking_not_held.send(sender=Booking, booking=booking)
    return booking


@transaction.atomic
def settle_not_held(
    *,
    booking: Booking,
    planned: bool = False,
    agreed_cents: int | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> Booking:
    """End the money of a day without a session as it was decided, once: a repeat returns the booking as it is.

    The planned duration (SK-106), an agreed amount, or nothing at all is charged; the rest goes back to the learner.
    Whoever decided tells both people; the history of the booking says why, not who.
    """
    moment = now or clock.now()
    booking = lock(booking)
    if booking.status == Status.SETTLED:
        return booking
    _move(booking, Status.SETTLED, by=None, now=moment, reason=reason)
    seconds = int(booking.planned.total_seconds()) if planned else 0
    terms = _terms(booking, seconds, booking.starts_at, booking.ends_at)
    settle(terms=replace(terms, agreed_cents=agreed_cents), now=moment)
    return booking


def note_case(*, booking: Booking, now: datetime) -> None:
    """Somebody says that it went wrong: lists lead to what became of it."""
    Booking.objects.filter(pk=booking.pk).update(case_since=now)
