"""The room's services against a real database: leases, segments, refusals, the end."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest

from billing.models import BillingMandate, Settlement
from bookings.errors import AlreadyStarted
from core import clock
from core.errors import DomainError
from messaging.errors import BlockedByOther
from messaging.selectors import thread_between
from messaging.services import block
from sessions_video import services, tasks
from sessions_video.errors import CannotStart, Ended, MentorElsewhere, NothingToConfirm
from sessions_video.models import EventKind, Lease
from sessions_video.reading import peek
from sessions_video.services.writer import locked_meter
from sessions_video.states import Cause, Phase
from tests.sessions_video.conftest import Room, pass_time

pytestmark = pytest.mark.django_db


def test_a_confirmed_booking_has_one_room_with_its_terms(room: Room) -> None:
    again = services.open_room(booking=room.video_session.booking)
    assert again.pk == room.pk
    assert (again.limit_ms, again.free_ms, again.rate_cents) == (3_600_000, 180_000, 4700)
    assert again.phase == Phase.SCHEDULED
    assert again.next_action_at == again.day_end


@pytest.mark.requirement("SK-85", "SK-86")
def test_time_together_is_counted_from_the_second_arrival(room: Room) -> None:
    room.join(room.mentor)
    room.spend(20, room.mentor)
    room.join(room.learner)
    room.spend(200)
    state = peek(room.pk)
    assert state["running"]
    assert state["paid"]
    assert 200_000 <= state["elapsed_ms"] < 202_000
    assert state["billed_seconds"] in (20, 21)
    assert state["present"] == ["learner", "mentor"]


@pytest.mark.requirement("SK-90", "SK-97")
def test_leaving_and_coming_back_goes_on_from_the_time_elapsed(room: Room) -> None:
    room.both_join()
    room.spend(30)
    room.leave(room.learner)
    room.spend(60, room.mentor)
    assert not peek(room.pk)["running"]
    room.join(room.learner)
    room.spend(10)
    room.leave(room.mentor)
    room.beat(room.learner)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert row.segments.count() == 2
    assert 40_000 <= row.accumulated_ms < 42_000
    assert list(row.events.values_list("kind", "role")) == [
        ("joined", "mentor"),
        ("joined", "learner"),
        ("left", "learner"),
        ("joined", "learner"),
        ("left", "mentor"),
    ]


def test_a_page_that_fell_silent_is_billed_to_its_last_sign_of_life(room: Room) -> None:
    room.both_join()
    room.spend(30)
    last = Lease.objects.get(pk=room.lease(room.learner)).last_seen
    room.spend(20, room.mentor)
    services.sweep_session(room.pk)
    assert [end for _, end in room.spans()] == [last]
    assert room.beat(room.learner) == set(), "a lapsed lease is never revived"
    assert room.fresh().events.filter(kind=EventKind.LOST).get().role == "learner"


def test_a_reload_takes_over_and_keeps_the_segment(room: Room) -> None:
    room.both_join()
    room.spend(10)
    old = room.lease(room.learner)
    entrance = services.join(video_session=room.video_session, by=room.learner, page=old)
    assert entrance.replaced_pages == [room.pages[room.learner.pk][1]]
    assert entrance.state["running"]
    assert room.spans() == []
    assert Lease.objects.get(pk=old).close_reason == Cause.REPLACED


@pytest.mark.requirement("SK-87", "SK-88")
def test_only_the_mentor_starts_the_paid_time(room: Room) -> None:
    room.both_join()
    room.spend(10)
    with pytest.raises(CannotStart):
        services.start_paid(video_session=room.video_session, by=room.learner)
    services.start_paid(video_session=room.video_session, by=room.mentor)
    assert room.fresh().free_ms < 12_000
    with pytest.raises(CannotStart):
        services.start_paid(video_session=room.video_session, by=room.mentor)
    assert peek(room.pk)["paid"]


@pytest.mark.requirement("SK-11")
def test_a_mentor_is_in_one_room_at_a_time(make_room: Callable[..., Room]) -> None:
    first = make_room()
    second = make_room(mentor=first.mentor, hour=17)
    first.join(first.mentor)
    with pytest.raises(MentorElsewhere) as refused:
        second.join(second.mentor)
    assert "autre membre" in str(refused.value.user_message)
    assert second.open_leases() == 0


def test_a_lapsed_lease_in_another_room_does_not_hold_the_mentor(make_room: Callable[..., Room]) -> None:
    first = make_room()
    second = make_room(mentor=first.mentor, hour=17)
    first.both_join()
    first.spend(10)
    pass_time(20)
    second.join(second.mentor)
    assert first.open_leases() == 0
    assert [end - start for start, end in first.spans()] != []


def test_nobody_comes_in_once_it_has_ended(room: Room) -> None:
    room.both_join()
    services.ask_end(video_session=room.video_session, by=room.learner)
    with pytest.raises(NothingToConfirm):
        services.confirm_end(video_session=room.video_session, by=room.learner)
    services.drop_end(video_session=room.video_session, by=room.mentor)
    with pytest.raises(NothingToConfirm):
        services.confirm_end(video_session=room.video_session, by=room.mentor)
    assert room.fresh().phase == Phase.OPEN


def test_the_day_ends_at_local_midnight_even_if_nobody_looked(room: Room) -> None:
    room.both_join()
    room.spend(10)
    pass_time(16 * 3600)
    with pytest.raises(Ended):
        room.join(room.mentor)
    row = room.fresh()
    assert (row.phase, row.end_reason, row.ended_at) == (Phase.ENDED, Cause.DAY_OVER, row.day_end)


def test_a_room_is_canceled_with_its_booking_until_a_second_was_billed(room: Room) -> None:
    room.both_join()
    room.spend(30)
    services.cancel_room(booking=room.video_session.booking)
    row = room.fresh()
    assert (row.phase, row.end_reason) == (Phase.ENDED, Cause.CANCELED)
    assert row.handed_over_at is not None
    assert services.close_ended() == 0
    services.cancel_room(booking=room.video_session.booking)


def test_from_the_first_billed_second_the_room_refuses_to_be_canceled(room: Room) -> None:
    room.both_join()
    room.spend(190)
    with pytest.raises(AlreadyStarted) as refused:
        services.cancel_room(booking=room.video_session.booking)
    assert isinstance(refused.value, DomainError)
    assert room.fresh().phase == Phase.OPEN


def test_the_booking_is_in_progress_once_a_second_is_certain(room: Room) -> None:
    room.both_join()
    room.spend(175)
    services.sweep_session(room.pk)
    assert room.fresh().in_progress_at is None
    room.spend(15)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert row.in_progress_at is not None
    assert row.booking.status == "in_progress"
    services.sweep_session(room.pk)


def test_the_sweeper_finds_rooms_where_something_is_due(room: Room) -> None:
    assert services.due_sessions() == []
    room.both_join()
    assert services.due_sessions() == []
    pass_time(15)
    assert services.due_sessions() == [room.pk]
    services.sweep_session(room.pk)
    assert services.due_sessions() == []
    assert room.open_leases() == 0


def test_the_clock_of_the_database_includes_the_offset(room: Room) -> None:
    room.join(room.mentor)
    pass_time(10)
    assert room.beat(room.mentor)
    assert abs(Lease.objects.get(pk=room.lease(room.mentor)).last_seen - clock.database_now_ms()) < 2000


# --- the end is handed over once ---


@pytest.mark.requirement("SK-45", "SK-48")
def test_the_end_of_both_settles_the_booking_once(held: Callable[[], Room]) -> None:
    room = held()
    row = room.fresh()
    assert (row.phase, row.end_reason) == (Phase.ENDED, Cause.AGREED)
    assert row.booking.status == "settled"
    settlement = Settlement.objects.get(reference=row.booking.ledger_reference)
    assert settlement.charged_cents == row.amount_cents > 0
    assert row.billed_seconds in (119, 120, 121)
    services.confirm_end(video_session=room.video_session, by=room.mentor)
    services.hand_over(video_session_id=room.pk)
    assert services.close_ended() == 0
    assert Settlement.objects.count() == 1


def test_both_end_within_the_free_time_and_nothing_is_charged(room: Room) -> None:
    room.both_join()
    room.spend(30)
    services.ask_end(video_session=room.video_session, by=room.learner)
    services.ask_end(video_session=room.video_session, by=room.mentor)
    booking = room.fresh().booking
    assert booking.status == "settled"
    assert Settlement.objects.get(reference=booking.ledger_reference).charged_cents == 0


@pytest.mark.requirement("SK-103", "SK-104")
def test_a_day_without_a_billed_second_is_not_held(room: Room) -> None:
    room.both_join()
    room.spend(60)
    pass_time(20 * 3600)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert row.end_reason == Cause.DAY_OVER
    assert row.handed_over_at is not None
    assert row.booking.status == "not_held"
    assert not Settlement.objects.exists()


def test_a_day_with_billed_time_is_settled_at_midnight(room: Room) -> None:
    room.both_join()
    room.spend(300)
    room.leave(room.learner)
    pass_time(20 * 3600)
    services.sweep_session(room.pk)
    assert room.fresh().booking.status == "settled"
    assert room.fresh().billed_seconds in (119, 120, 121)


def test_time_used_up_ends_the_room_two_minutes_later(make_room: Callable[..., Room]) -> None:
    room = make_room(minutes=15)
    room.both_join()
    room.spend(180 + 15 * 60 + 10)
    services.sweep_session(room.pk)
    state = peek(room.pk)
    assert state["phase"] == Phase.LIMIT_REACHED
    assert state["billed_seconds"] == 900
    assert state["amount_cents"] == 1175
    assert state["window_ends_at"] > state["now"]
    room.spend(120)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert (row.phase, row.end_reason) == (Phase.ENDED, Cause.TIME_USED_UP)
    assert row.booking.status == "settled"
    assert Settlement.objects.get().charged_cents == 1175


def test_what_a_crash_left_between_room_and_booking_is_found_by_the_sweep(room: Room) -> None:
    room.both_join()
    room.spend(200)
    with locked_meter(room.pk) as turn:
        turn.meter.end(turn.t, Cause.STAFF)
    assert room.fresh().booking.status != "settled"
    tasks.close_ended()
    assert room.fresh().booking.status == "settled"


def test_a_booking_that_cannot_be_closed_yet_waits_for_the_next_sweep(room: Room) -> None:
    room.both_join()
    room.spend(200)
    mandate = BillingMandate.objects.get(user=room.mentor)
    BillingMandate.objects.filter(pk=mandate.pk).delete()
    with locked_meter(room.pk) as turn:
        turn.meter.end(turn.t, Cause.STAFF)
    assert services.hand_over(video_session_id=room.pk) is False
    assert room.fresh().handed_over_at is None
    mandate.save(force_insert=True)
    assert services.close_ended() == 1


@pytest.mark.requirement("SK-13", "SK-89")
def test_the_chat_is_the_thread_of_both(room: Room) -> None:
    client_id = uuid4()
    line = services.say(
        video_session=room.video_session, by=room.learner, body="Vous m’entendez ?", client_id=client_id
    )
    again = services.say(
        video_session=room.video_session, by=room.learner, body="Vous m’entendez ?", client_id=client_id
    )
    assert line == again
    thread = thread_between(room.learner, room.mentor)
    assert thread is not None
    assert [
        found["body"] for found in services.catch_up(video_session=room.video_session, by=room.mentor, after_id=0)
    ] == ["Vous m’entendez ?"]
    assert services.catch_up(video_session=room.video_session, by=room.mentor, after_id=line["id"]) == []


@pytest.mark.requirement("SK-13")
def test_who_was_blocked_writes_in_the_call_and_nowhere_else(room: Room) -> None:
    block(by=room.learner, person=room.mentor)
    write = partial(services.say, video_session=room.video_session, by=room.mentor, body="Regardez la ligne 3.")
    with pytest.raises(BlockedByOther):
        write(client_id=uuid4())
    room.both_join()
    assert write(client_id=uuid4())["body"] == "Regardez la ligne 3."
    room.leave(room.learner)
    with pytest.raises(BlockedByOther):
        write(client_id=uuid4())
