"""A confirmed booking today, its room and its two people, built from rows the other apps give."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from billing.states import VatRegime
from bookings.models import Booking
from bookings.states import Status
from core import clock
from core.clock import ShiftedClock, get_clock
from sessions_video import services
from sessions_video.models import Lease, VideoSession
from tests.databases import cloned_database

__all__ = ["cloned_database"]


@dataclass
class Room:
    """One session and what its two people do in it; time moves by the product's own clock."""

    video_session: VideoSession
    mentor: User
    learner: User
    pages: dict[int, tuple[UUID, UUID]]

    @property
    def pk(self) -> int:
        return self.video_session.pk

    def fresh(self) -> VideoSession:
        return VideoSession.objects.with_people().get(pk=self.pk)

    def join(self, user: User) -> UUID:
        page = uuid4()
        lease = services.join(video_session=self.video_session, by=user, page=page).lease
        self.pages[user.pk] = (lease, page)
        return lease

    def both_join(self) -> None:
        self.join(self.mentor)
        self.join(self.learner)

    def lease(self, user: User) -> UUID:
        return self.pages[user.pk][0]

    def beat(self, *users: User) -> set[UUID]:
        return services.beat([self.lease(user) for user in users or (self.mentor, self.learner)])

    def leave(self, user: User) -> None:
        services.leave(video_session_id=self.pk, lease=self.lease(user))

    def spend(self, seconds: int, *users: User) -> None:
        """Let time pass while the pages of these people (default: both) beat each five seconds."""
        for _ in range(seconds // 5):
            pass_time(5)
            self.beat(*users)
        pass_time(seconds % 5)
        if seconds % 5:
            self.beat(*users)

    def spans(self) -> list[tuple[int, int]]:
        return list(self.fresh().segments.values_list("started_at", "ended_at"))

    def open_leases(self) -> int:
        return Lease.objects.filter(video_session=self.pk, closed_at=None).count()


def pass_time(seconds: float) -> None:
    shifted = get_clock()
    assert isinstance(shifted, ShiftedClock)
    shifted.advance(timedelta(seconds=seconds))


def at_local_hour(hour: int) -> None:
    """Move the clock to this hour of a coming day in Paris, so that no test meets midnight by chance."""
    zone = Booking(time_zone="Europe/Paris").zone
    now = clock.now().astimezone(zone)
    target = (now + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    pass_time((target - now).total_seconds())


def make_member(first_name: str, **fields: object) -> User:
    slug = f"{first_name.lower()}-{uuid4().hex[:6]}"
    return User.objects.create_user(
        f"{slug}@example.org", "correct horse", first_name=first_name, last_name="Exemple", **fields
    )


def make_booking(
    mentor: User,
    learner: User,
    *,
    minutes: int = 60,
    rate_cents: int = 4700,
    starts_at: datetime | None = None,
    status: str = Status.CONFIRMED,
) -> Booking:
    starts = starts_at or (clock.now() + timedelta(hours=1)).replace(second=0, microsecond=0)
    return Booking.objects.create(
        learner=learner,
        mentor=mentor,
        subject="Lire un jeu de données",
        hourly_rate_cents=rate_cents,
        commission_basis_points=2000,
        vat_regime=VatRegime.FRANCHISE,
        status=status,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        duration_minutes=minutes,
        expires_at=starts,
        created_at=clock.now(),
    )


def build_room(
    *, minutes: int = 60, rate_cents: int = 4700, mentor: User | None = None, start_hour_later: bool = False
) -> Room:
    mentor = mentor or make_member("Inès")
    learner = make_member("Karim")
    starts_at = (clock.now() + timedelta(hours=3 if start_hour_later else 1)).replace(second=0, microsecond=0)
    booking = make_booking(mentor, learner, minutes=minutes, rate_cents=rate_cents, starts_at=starts_at)
    video_session = services.open_room(booking=booking)
    return Room(VideoSession.objects.with_people().get(pk=video_session.pk), mentor, learner, {})


@pytest.fixture
def morning() -> None:
    at_local_hour(9)


@pytest.fixture
def make_room(db: None, morning: None) -> Callable[..., Room]:
    return build_room


@pytest.fixture
def room(make_room: Callable[..., Room]) -> Room:
    return make_room()


@pytest.fixture
def stranger(db: None) -> User:
    return make_member("Nadia")
