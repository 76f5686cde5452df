"""A confirmed booking today, its room and its two people, built from rows the other apps give."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from bookings import services as booking_services
from bookings.models import Booking
from core import clock
from core.clock import ShiftedClock, get_clock
from sessions_video import services
from sessions_video.models import Lease, VideoSession
from tests import people
from tests.billing.money import pay_in
from tests.databases import cloned_database
from tests.stripe import sandbox

__all__ = ["cloned_database", "sandbox"]


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


def make_member(first_name: str) -> User:
    """Each first name once as it is, then with a number: addresses are unique."""
    taken = User.objects.filter(first_name__startswith=first_name).count()
    return people.member(f"{first_name}{taken + 1 if taken else ''}", "Exemple")


def make_mentor() -> User:
    taken = User.objects.filter(first_name__startswith="Inès").count()
    return people.mentor(f"Inès{taken + 1 if taken else ''}", "Haddad")


def request(mentor: User, learner: User, *, minutes: int = 60, hour: int = 14) -> Booking:
    """A first proposal for today."""
    return booking_services.request_booking(
        learner=learner,
        mentor=mentor,
        day=clock.now().astimezone(learner.zone).date(),
        at=time(hour),
        duration_minutes=minutes,
        objectives="Lire un tableau de données ensemble.",
        skill=people.skill_of(mentor),
    )


def confirm(booking: Booking) -> Booking:
    """Accepted by the mentor and paid from the learner's credit: the room opens."""
    mentor, learner = booking.mentor, booking.learner
    content_hash = booking.current_version().content_hash
    booking_services.accept_version(booking=booking, by=mentor, content_hash=content_hash)
    pay_in(learner, booking.maximum_cents, at=clock.now())
    booking_services.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True)
    booking.refresh_from_db()
    return booking


def build_room(*, minutes: int = 60, mentor: User | None = None, hour: int = 14) -> Room:
    mentor = mentor or make_mentor()
    learner = make_member("Karim")
    booking = confirm(request(mentor, learner, minutes=minutes, hour=hour))
    return Room(VideoSession.objects.with_people().get(booking=booking), mentor, learner, {})


@pytest.fixture
def morning() -> None:
    at_local_hour(9)


@pytest.fixture
def make_room(db: None, morning: None) -> Callable[..., Room]:
    return build_room


@pytest.fixture
def room(make_room: Callable[..., Room]) -> Room:
    return make_room()


def hold_session(room: Room) -> Room:
    """Four minutes together, a pause, one minute more, and both say it is over."""
    room.both_join()
    room.spend(240)
    room.leave(room.learner)
    room.spend(60, room.mentor)
    room.join(room.learner)
    room.spend(60)
    services.ask_end(video_session=room.video_session, by=room.learner)
    services.confirm_end(video_session=room.video_session, by=room.mentor)
    return room


@pytest.fixture
def held(make_room: Callable[..., Room]) -> Callable[[], Room]:
    return lambda: hold_session(make_room())


@pytest.fixture
def stranger(db: None) -> User:
    return make_member("Nadia")
