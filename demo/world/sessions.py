"""What two members do together: agree, pay, meet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from billing.models import TopUp
from billing.services.payments import quote, refresh
from bookings.models import Booking
from bookings.services import accept_version, begin_payment, request_booking
from catalog.models import MemberSkill
from demo.world.people import pay_by_card
from demo.world.time import PARIS, wait
from sessions_video import services as room
from sessions_video.models import VideoSession

# Shorter than a lease: presence stays unbroken.
STEP_SECONDS = 14.0


@dataclass(frozen=True)
class Wish:
    """What a learner asks for. The subject is the mentor's first skill."""

    learner: User
    mentor: User
    starts_at: datetime
    objectives: str
    minutes: int = 60


def request(wish: Wish) -> Booking:
    skill = MemberSkill.objects.filter(user=wish.mentor).order_by("pk")[0].skill
    at = wish.starts_at.astimezone(PARIS)
    return request_booking(
        learner=wish.learner,
        mentor=wish.mentor,
        day=at.date(),
        at=at.time(),
        duration_minutes=wish.minutes,
        objectives=wish.objectives,
        skill=skill,
        time_zone="Europe/Paris",
        client_token=uuid4(),
    )


def accept(booking: Booking, by: User) -> Booking:
    return accept_version(booking=booking, by=by, content_hash=booking.current_version().content_hash)


def pay(booking: Booking) -> Booking:
    """Credit first, a card for the rest; the booking is confirmed."""
    shown = quote(payer=booking.learner, total_cents=booking.maximum_cents).card_cents
    url = begin_payment(booking=booking, by=booking.learner, shown_cents=shown, asks_early_start=True)
    if url:
        pay_by_card(url)
        refresh(TopUp.objects.get(checkout_url=url))
    booking.refresh_from_db()
    return booking


def confirm(wish: Wish) -> Booking:
    return pay(accept(request(wish), wish.mentor))


def meet(booking: Booking, *, billed: timedelta) -> Booking:
    """Both come in now, stay for the free time and `billed`, and end together."""
    meeting = VideoSession.objects.get(booking=booking)
    leases = [
        room.join(video_session=meeting, by=person, page=uuid4()).lease for person in (booking.mentor, booking.learner)
    ]
    left = meeting.free_ms / 1000 + billed.total_seconds()
    # One commit for all of them: an hour holds hundreds.
    with transaction.atomic():
        while left > 0:
            wait(min(left, STEP_SECONDS))
            room.beat(leases)
            left -= STEP_SECONDS
    room.ask_end(video_session=meeting, by=booking.mentor)
    room.confirm_end(video_session=meeting, by=booking.learner)
    booking.refresh_from_db()
    return booking
