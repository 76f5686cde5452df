"""Rooms that are open now, with two signed-in people each. Rows only: what is measured is the room, not the booking."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from billing.states import VatRegime
from bookings.models import Booking
from bookings.states import Status
from core import clock
from journeys.entrance import sign_in
from sessions_video.models import Segment, VideoSession

HOUR_MS = 3600 * 1000


@dataclass(frozen=True)
class Seat:
    """One person's way into one room."""

    reference: str
    cookie: str
    is_mentor: bool


@dataclass(frozen=True)
class OpenRoom:
    id: int
    mentor: Seat
    learner: Seat


@transaction.atomic
def open_rooms(count: int) -> list[OpenRoom]:
    mentors, learners = _people("mentor", count), _people("learner", count)
    now = clock.now()
    bookings = Booking.objects.bulk_create(
        Booking(
            learner=learner,
            mentor=mentor,
            subject="Lire un jeu de données avec pandas",
            hourly_rate_cents=60_00,
            commission_basis_points=2000,
            vat_regime=VatRegime.REGISTERED,
            status=Status.CONFIRMED,
            starts_at=now,
            ends_at=now + timedelta(hours=4),
            duration_minutes=240,
            expires_at=now,
            created_at=now,
        )
        for mentor, learner in zip(mentors, learners, strict=True)
    )
    t = clock.to_ms(now)
    sessions = VideoSession.objects.bulk_create(
        VideoSession(
            booking=booking,
            day=now.date(),
            time_zone=booking.time_zone,
            day_start=t - HOUR_MS,
            day_end=t + 5 * HOUR_MS,
            rate_cents=booking.hourly_rate_cents,
            limit_ms=4 * HOUR_MS,
            free_ms=180_000,
            window_ms=120_000,
            next_action_at=t + 5 * HOUR_MS,
        )
        for booking in bookings
    )
    cookies = sign_in([*mentors, *learners])
    return [
        OpenRoom(
            row.pk,
            Seat(row.booking.reference, cookies[row.booking.mentor_id], is_mentor=True),
            Seat(row.booking.reference, cookies[row.booking.learner_id], is_mentor=False),
        )
        for row in sessions
    ]


def counted_ms(rooms: list[OpenRoom]) -> dict[int, int]:
    """What the segments of each room add up to."""
    rows = Segment.objects.filter(video_session__in=[room.id for room in rooms]).values("video_session")
    totals = rows.annotate(start=Sum("started_at"), end=Sum("ended_at"))
    return {row["video_session"]: row["end"] - row["start"] for row in totals}


def _people(name: str, count: int) -> list[User]:
    return User.objects.bulk_create(
        User(email=f"{name}-{number}@bench.invalid", first_name="Inès", last_name=f"Haddad {number}")
        for number in range(count)
    )
