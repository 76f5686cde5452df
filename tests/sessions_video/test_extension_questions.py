"""Who may ask for more time, from when on, for how long, and at which price."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from billing.models import Hold
from bookings.models import Booking
from core import clock
from sessions_video import offers, services
from sessions_video.errors import (
    BadMessage,
    ExtensionNotYet,
    ExtensionNotYours,
    ExtensionPending,
    ExtensionPriceChanged,
    ExtensionTooLong,
)
from sessions_video.models import Extension
from sessions_video.services import Wish
from stripe_sandbox import Sandbox
from tests.sessions_video.conftest import Room, pass_time
from tests.sessions_video.longer import (
    TEN_CENTS,
    accept,
    ask,
    come_near_the_end,
    ending,
    paid_room,
    refuse,
    status,
    wish,
)

__all__ = ["ending"]

pytestmark = pytest.mark.django_db


def test_only_the_learner_asks_and_only_the_mentor_answers(ending: Callable[..., Room]) -> None:
    room = ending()
    with pytest.raises(ExtensionNotYours):
        services.ask_extension(video_session=room.video_session, by=room.mentor, wish=wish(room, 5))
    extension, _ = ask(room)
    given = {"video_session": room.video_session, "request_id": extension.request_id}
    for verb, by in [("accept", room.learner), ("refuse", room.learner), ("withdraw", room.mentor)]:
        with pytest.raises(ExtensionNotYours):
            getattr(services, f"{verb}_extension")(by=by, **given)
    assert status(extension) == "asked"


@pytest.mark.requirement("SK-93")
def test_it_may_be_asked_from_five_minutes_before_the_end(sandbox: Sandbox, morning: None) -> None:
    room = come_near_the_end(paid_room(sandbox, credit_cents=2000), left=310)
    assert offers.offers_for(video_session=room.video_session) == {
        "choices": [],
        "note": "Vous pourrez prolonger quand il restera 5 minutes.",
    }
    with pytest.raises(ExtensionNotYet):
        ask(room)
    room.spend(15)
    assert offers.offers_for(video_session=room.video_session)["choices"]
    assert ask(room)[0].status == "asked"


def test_one_question_at_a_time(ending: Callable[..., Room]) -> None:
    room = ending()
    first = wish(room, 5)
    extension, _ = ask(room, wanted=first)
    assert ask(room, wanted=first)[0].pk == extension.pk
    with pytest.raises(ExtensionPending):
        ask(room, 10)
    refuse(room, extension)
    assert ask(room, wanted=first) == (extension, ""), "a wish that was refused is not asked again by a repeat"
    assert Extension.objects.count() == 1
    with pytest.raises(BadMessage):
        ask(room, wanted=Wish(first.request_id, 2 * first.ms, first.price_cents, 0))


@pytest.mark.parametrize("ms", [0, 1, 90_000])
def test_only_whole_minutes_can_be_asked_for(ending: Callable[..., Room], ms: int) -> None:
    room = ending()
    with pytest.raises(BadMessage):
        ask(room, wanted=Wish(uuid4(), ms, 783, 0))


def test_a_price_that_is_not_the_one_shown_is_refused(ending: Callable[..., Room]) -> None:
    room = ending()
    with pytest.raises(ExtensionPriceChanged):
        ask(room, wanted=Wish(uuid4(), 600_000, TEN_CENTS - 1, 0))
    assert Extension.objects.count() == 0


def test_the_mentors_next_session_and_midnight_are_never_passed(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=20_000)
    ends_at = clock.now() + timedelta(seconds=240 + 120 + 15 * 60 + 30)
    other = next_booking(room, ends_at)
    asked = offers.offers_for(video_session=room.video_session)
    assert [choice["ms"] // 60_000 for choice in asked["choices"]] == [5, 10, 15]
    with pytest.raises(ExtensionTooLong):
        ask(room, 30)
    extension, _ = ask(room, 15)
    Booking.objects.filter(pk=other.pk).update(starts_at=clock.now() + timedelta(minutes=10))
    with pytest.raises(ExtensionTooLong):
        accept(room, extension)
    assert (status(extension), Hold.objects.filter(number=2).count()) == ("asked", 0)


def next_booking(room: Room, starts_at: datetime) -> Booking:
    """Another agreed session of the same mentor."""
    booking = Booking.objects.get(pk=room.video_session.booking_id)
    booking.pk, booking.reference, booking.client_token = None, "autre-session", None
    booking.starts_at, booking.ends_at = starts_at, starts_at + timedelta(hours=1)
    booking.save()
    return booking


def test_late_in_the_evening_only_what_ends_before_midnight_is_offered(sandbox: Sandbox, morning: None) -> None:
    room = paid_room(sandbox, credit_cents=20_000)
    pass_time(room.video_session.day_end / 1000 - clock.now().timestamp() - (11 + 4 + 2 + 7) * 60)
    come_near_the_end(room)
    choices = offers.offers_for(video_session=room.video_session)["choices"]
    assert [choice["ms"] // 60_000 for choice in choices] == [5, 6]
    assert not any(choice["is_whole_credit"] for choice in choices), "midnight is the limit, not the credit"
    with pytest.raises(ExtensionTooLong):
        ask(room, 10)
