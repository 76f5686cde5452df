"""Bookings in each state, made through services."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.models import Booking
from bookings.states import Status
from catalog.models import MemberSkill
from core import clock
from tests.billing.money import pay_in

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
DAY = date(2026, 12, 8)
AT = time(14, 0)
# DAY at AT in Paris.
START = datetime(2026, 12, 8, 13, 0, tzinfo=UTC)
AFTER = START + timedelta(hours=10)


def ask(learner: User, mentor: User, *, now: datetime = NOW, **changed: Any) -> Booking:
    """One hour on DAY at AT, by default."""
    if not changed.keys() & {"skill", "training"}:
        changed["skill"] = MemberSkill.objects.filter(user=mentor).select_related("skill")[0].skill
    proposal: dict[str, Any] = {
        "day": DAY,
        "at": AT,
        "duration_minutes": 60,
        "objectives": "Comparer trois saisons de relevés",
    }
    return services.request_booking(learner=learner, mentor=mentor, now=now, **(proposal | changed))


def current_hash(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.current_version().content_hash


def counter(booking: Booking, by: User, *, now: datetime = NOW, **changed: Any) -> Booking:
    proposal: dict[str, Any] = {
        "answers": current_hash(booking),
        "day": DAY,
        "at": time(16, 0),
        "duration_minutes": 90,
        "objectives": "Comparer trois saisons de relevés",
    }
    return services.counter_offer(booking=booking, by=by, now=now, **(proposal | changed))


def accept(booking: Booking, by: User, *, now: datetime = NOW) -> Booking:
    return services.accept_version(booking=booking, by=by, content_hash=current_hash(booking), now=now)


def agreed(learner: User, mentor: User, **changed: Any) -> Booking:
    return accept(ask(learner, mentor, **changed), mentor)


def confirmed(learner: User, mentor: User, *, now: datetime = NOW, **changed: Any) -> Booking:
    """Paid from credit: 47,00 € for one hour at the mentor's rate."""
    booking = accept(ask(learner, mentor, now=now, **changed), mentor, now=now)
    pay_in(learner, booking.maximum_cents, at=now)
    services.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True, now=now)
    booking.refresh_from_db()
    return booking


def in_state(status: Status, learner: User, mentor: User) -> Booking:
    """A booking in any state, through the road that leads there."""
    if status in (Status.REQUESTED, Status.COUNTERED, Status.DECLINED, Status.WITHDRAWN, Status.LAPSED):
        return _in_negotiation(status, learner, mentor)
    if status in (Status.ACCEPTED, Status.PAYMENT_LAPSED):
        booking = agreed(learner, mentor)
        if status == Status.PAYMENT_LAPSED:
            services.lapse_payment(booking_id=booking.pk, now=NOW + timedelta(minutes=30))
    else:
        booking = confirmed(learner, mentor)
        _go_on(status, booking, mentor)
    booking.refresh_from_db()
    assert booking.status == status
    return booking


def _in_negotiation(status: Status, learner: User, mentor: User) -> Booking:
    booking = ask(learner, mentor)
    if status == Status.COUNTERED:
        counter(booking, mentor)
    if status == Status.DECLINED:
        services.refuse(booking=booking, by=mentor, now=NOW)
    if status == Status.WITHDRAWN:
        services.withdraw(booking=booking, by=learner, now=NOW)
    if status == Status.LAPSED:
        services.lapse_request(booking_id=booking.pk, now=START)
    booking.refresh_from_db()
    assert booking.status == status
    return booking


def _go_on(status: Status, booking: Booking, mentor: User) -> None:
    if status == Status.CANCELED:
        services.cancel_booking(booking=booking, by=mentor, now=NOW)
    if status == Status.NOT_HELD:
        services.mark_not_held(booking=booking, now=AFTER)
    if status in (Status.IN_PROGRESS, Status.SETTLED):
        services.mark_in_progress(booking=booking, now=START)
    if status == Status.SETTLED:
        close(booking)


def close(booking: Booking, seconds: int = 3312) -> Booking:
    """By default 55 min 12 s were billed: 43,24 € of 47,00 €."""
    return services.close_booking(
        booking=booking,
        billed_seconds=seconds,
        started_at=START if seconds else None,
        ended_at=START + timedelta(hours=1) if seconds else None,
        reason="both_ended",
        now=START + timedelta(hours=1),
    )


# --- pages ---


def text_of(answer: Any) -> str:
    content: str = answer.content.decode()
    return content.replace("\xa0", " ").replace("\u202f", " ")


def soon() -> dict[str, Any]:
    """A proposal next week, on the real clock."""
    return {"day": (clock.now() + timedelta(days=7)).date(), "now": clock.now()}


def url(booking: Booking, name: str) -> str:
    return reverse(f"bookings:{name}", args=[booking.reference])
