"""A session paid by card whose planned time ends soon, and what its two people do about going on."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from billing.models import TopUp
from billing.services import payments
from bookings import services as booking_services
from bookings.models import Booking
from sessions_video import offers, services
from sessions_video.models import Extension, VideoSession
from sessions_video.reading import peek
from sessions_video.services import Wish
from stripe_sandbox import Sandbox
from tests.billing.earned import pay_by_card
from tests.sessions_video.conftest import Room, make_member, make_mentor, request
from tests.stripe import ACCEPTED, session_of

MINUTE_MS = 60_000
# 15 minutes at 47 € an hour, and ten minutes more.
PLANNED_CENTS, LONGER_CENTS, TEN_CENTS = 1175, 1958, 783
DECLINED_LATER = "4000000000000341"


def paid_room(sandbox: Sandbox, *, minutes: int = 15, credit_cents: int = 0, card: str = ACCEPTED) -> Room:
    """Confirmed by a card that Stripe keeps; `credit_cents` more are free to use."""
    mentor, learner = make_mentor(), make_member("Karim")
    booking = request(mentor, learner, minutes=minutes)
    accepted = booking.current_version().content_hash
    booking_services.accept_version(booking=booking, by=mentor, content_hash=accepted)
    url = booking_services.begin_payment(
        booking=booking, by=learner, shown_cents=booking.maximum_cents, asks_early_start=True
    )
    page = session_of(url)
    if sandbox.pay(page, card)["status"] == "requires_action":
        sandbox.confirm(page, is_accepted=True)
    payments.refresh(TopUp.objects.get(user=learner))
    if credit_cents:
        pay_by_card(sandbox, learner, "booking:other", credit_cents, card=card)
    return Room(VideoSession.objects.with_people().get(booking=booking), mentor, learner, {})


def come_near_the_end(room: Room, *, left: int = 240) -> Room:
    """Both are in, paid time has started, and `left` seconds of it remain."""
    room.both_join()
    services.start_paid(video_session=room.video_session, by=room.mentor)
    room.spend(room.video_session.limit_ms // 1000 - left)
    return room


@pytest.fixture
def ending(sandbox: Sandbox, morning: None) -> Callable[..., Room]:
    """Four minutes are left; by default the credit pays for more."""

    def build(*, credit_cents: int = 2000, card: str = ACCEPTED) -> Room:
        return come_near_the_end(paid_room(sandbox, credit_cents=credit_cents, card=card))

    return build


def use_up(room: Room) -> None:
    """The planned time runs out, and the room has noticed."""
    state = peek(room.pk)
    room.spend((state["free_ms"] + state["limit_ms"] - state["elapsed_ms"]) // 1000 + 1)
    services.sweep_session(room.pk)


def wish(room: Room, minutes: int, *, card_cents: int | None = None, request_id: UUID | None = None) -> Wish:
    """What the learner's page sends for one of its choices."""
    row = room.fresh()
    ms = minutes * MINUTE_MS
    price = offers.extension_cents(row.rate_cents, row.limit_ms, ms)
    if card_cents is None:
        card_cents = payments.quote(payer=room.learner, total_cents=price).card_cents
    return Wish(request_id or uuid4(), ms, price, card_cents)


def ask(room: Room, minutes: int = 10, *, wanted: Wish | None = None) -> tuple[Extension, str]:
    wanted = wanted or wish(room, minutes)
    url = services.ask_extension(video_session=room.video_session, by=room.learner, wish=wanted)
    return Extension.objects.get(request_id=wanted.request_id), url


def accept(room: Room, extension: Extension) -> None:
    services.accept_extension(video_session=room.video_session, by=room.mentor, request_id=extension.request_id)


def refuse(room: Room, extension: Extension) -> None:
    services.refuse_extension(video_session=room.video_session, by=room.mentor, request_id=extension.request_id)


def withdraw(room: Room, extension: Extension) -> None:
    services.withdraw_extension(video_session=room.video_session, by=room.learner, request_id=extension.request_id)


def end(room: Room) -> Booking:
    services.ask_end(video_session=room.video_session, by=room.learner)
    services.confirm_end(video_session=room.video_session, by=room.mentor)
    return room.fresh().booking


def status(extension: Extension) -> str:
    extension.refresh_from_db()
    return extension.status
