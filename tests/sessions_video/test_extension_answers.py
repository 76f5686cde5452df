"""Going on by double consent: accepted by the mentor and billed to the second; or refused, withdrawn, lapsed."""

from collections.abc import Callable

import pytest

from billing.models import Hold, Settlement
from bookings.states import Status
from core.money import price_cents
from sessions_video import offers, services
from sessions_video.errors import Ended, ExtensionAccepted, ExtensionRefused
from sessions_video.reading import peek
from sessions_video.states import Cause, Phase
from tests.billing.books import books_wrong
from tests.billing.money import credit_left
from tests.sessions_video.conftest import Room, pass_time
from tests.sessions_video.longer import (
    LONGER_CENTS,
    PLANNED_CENTS,
    TEN_CENTS,
    accept,
    ask,
    end,
    ending,
    refuse,
    status,
    use_up,
    withdraw,
)

__all__ = ["ending"]

pytestmark = pytest.mark.django_db


# --- both agree ---


@pytest.mark.requirement("SK-48", "SK-93", "SK-94", "K-4")
def test_the_time_that_both_agreed_to_is_billed_with_the_planned_one(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, url = ask(room, 10)
    assert (extension.status, extension.price_cents, url) == ("asked", TEN_CENTS, "")
    assert credit_left(room.learner) == 2000, "nothing is blocked before the mentor agrees"
    accept(room, extension)
    assert (status(extension), credit_left(room.learner)) == ("accepted", 2000 - TEN_CENTS)
    assert list(Hold.objects.order_by("number").values_list("amount_cents", flat=True)) == [PLANNED_CENTS, TEN_CENTS]
    room.spend(400)
    row = room.fresh()
    assert peek(room.pk)["running"]
    assert row.limit_ms == 25 * 60_000
    booking = end(room)
    row.refresh_from_db()
    assert 15 * 60 < row.billed_seconds < 25 * 60
    settlement = Settlement.objects.get()
    assert settlement.charged_cents == price_cents(4700, row.billed_seconds)
    assert settlement.held_cents == LONGER_CENTS
    assert (booking.status, booking.billed_seconds) == (Status.SETTLED, row.billed_seconds)
    assert credit_left(room.learner) == 2000 + PLANNED_CENTS - settlement.charged_cents
    assert books_wrong() == []


@pytest.mark.requirement("SK-93", "SK-94", "K-4")
def test_after_the_planned_time_the_meter_waits_and_goes_on_from_the_agreement(ending: Callable[..., Room]) -> None:
    room = ending()
    use_up(room)
    assert peek(room.pk)["phase"] == Phase.LIMIT_REACHED
    extension, _ = ask(room, 10)
    pass_time(10)
    room.beat()
    accept(room, extension)
    assert peek(room.pk)["running"]
    room.spend(30)
    end(room)
    segments = room.spans()
    assert len(segments) == 2
    assert segments[1][0] - segments[0][1] >= 10_000, "the time in between is nobody's"
    assert 15 * 60 + 29 <= room.fresh().billed_seconds <= 15 * 60 + 33
    assert books_wrong() == []


@pytest.mark.requirement("SK-95")
def test_a_session_is_extended_several_times_within_the_credit(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=2000)
    for minutes in (5, 10, 10):
        extension, _ = ask(room, minutes)
        accept(room, extension)
        room.spend(offers_away(room))
    numbers = list(Hold.objects.order_by("number").values_list("number", "amount_cents"))
    assert [number for number, _ in numbers] == [1, 2, 3, 4]
    assert sum(cents for _, cents in numbers) == price_cents(4700, 40 * 60)
    use_up(room)
    pass_time(121)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert (row.end_reason, row.billed_seconds) == (Cause.TIME_USED_UP, 40 * 60)
    assert Settlement.objects.get().charged_cents == price_cents(4700, 40 * 60)
    assert books_wrong() == []


def offers_away(room: Room) -> int:
    """Seconds until an extension may be asked for again."""
    state = peek(room.pk)
    left: int = state["free_ms"] + state["limit_ms"] - state["elapsed_ms"] - offers.LAST_MS
    return max(0, left // 1000 + 1)


def test_every_step_is_in_the_story_of_the_room(ending: Callable[..., Room]) -> None:
    room = ending()
    refuse(room, ask(room)[0])
    withdraw(room, ask(room)[0])
    lapsed, _ = ask(room, 5)
    room.spend(121)
    services.sweep_session(room.pk)
    assert status(lapsed) == "lapsed"
    accept(room, ask(room, 5)[0])
    told = room.fresh().events.filter(kind__startswith="extend").values_list("kind", "role", "detail")
    assert [(kind, role) for kind, role, _ in told] == [
        ("extend_asked", "learner"),
        ("extend_refused", "mentor"),
        ("extend_asked", "learner"),
        ("extend_withdrawn", "learner"),
        ("extend_asked", "learner"),
        ("extend_lapsed", ""),
        ("extend_asked", "learner"),
        ("extend_accepted", "mentor"),
    ]
    assert told[0][2] == "10 min, 783 c"


# --- not agreed ---


@pytest.mark.requirement("SK-94")
def test_a_refusal_leaves_the_money_and_the_planned_end(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    refuse(room, extension)
    refuse(room, extension)
    assert (status(extension), credit_left(room.learner)) == ("refused", 2000)
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    use_up(room)
    pass_time(121)
    services.sweep_session(room.pk)
    assert (room.fresh().billed_seconds, room.fresh().limit_ms) == (15 * 60, 15 * 60_000)
    assert books_wrong() == []


@pytest.mark.requirement("SK-94")
def test_without_an_answer_it_lapses_after_two_minutes(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    assert extension.expires_at == (extension.asked_at or 0) + 120_000
    assert (room.fresh().next_action_at or 0) <= extension.expires_at
    room.spend(125)
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    services.sweep_session(room.pk)
    assert (status(extension), extension.decided_at) == ("lapsed", extension.expires_at)
    assert (credit_left(room.learner), Hold.objects.count(), books_wrong()) == (2000, 1, [])


def test_the_end_of_the_room_ends_the_question(ending: Callable[..., Room]) -> None:
    room = ending()
    use_up(room)
    pass_time(60)
    extension, _ = ask(room)
    pass_time(70)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert (row.phase, row.end_reason) == (Phase.ENDED, Cause.TIME_USED_UP)
    assert (status(extension), extension.decided_at) == ("lapsed", row.ended_at)
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    with pytest.raises(Ended):
        ask(room)
    assert books_wrong() == []


def test_both_end_while_the_mentor_is_asked(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    end(room)
    assert (status(extension), Hold.objects.filter(status="placed").count(), books_wrong()) == ("lapsed", 0, [])


def test_the_learner_takes_it_back_and_asks_for_less(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room, 15)
    withdraw(room, extension)
    withdraw(room, extension)
    assert status(extension) == "withdrawn"
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    shorter, _ = ask(room, 5)
    accept(room, shorter)
    with pytest.raises(ExtensionAccepted):
        withdraw(room, shorter)
    assert room.fresh().limit_ms == 20 * 60_000


def test_answers_given_twice_change_nothing(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    accept(room, extension)
    accept(room, extension)
    with pytest.raises(ExtensionRefused):
        refuse(room, extension)
    assert (Hold.objects.count(), room.fresh().limit_ms) == (2, 25 * 60_000)
