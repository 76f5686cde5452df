"""Several processes at once, on a database that commits."""

from functools import partial

import pytest
from django.db import transaction

from billing.models import Settlement
from sessions_video import services
from sessions_video.errors import CannotStart, MentorElsewhere
from sessions_video.models import Lease
from sessions_video.services.writer import locked_meter
from sessions_video.states import Cause, Phase
from tests.databases import in_threads
from tests.sessions_video.conftest import Room, at_local_hour, build_room, pass_time


@pytest.fixture
def real_room(cloned_database: str) -> Room:
    at_local_hour(9)
    return build_room()


def test_both_confirm_and_sweepers_look_at_once_and_one_bill_is_made(real_room: Room) -> None:
    room = real_room
    room.both_join()
    room.spend(200)
    services.ask_end(video_session=room.video_session, by=room.learner)
    results = in_threads(
        *(partial(services.confirm_end, video_session=room.video_session, by=room.mentor) for _ in range(3)),
        *(partial(services.sweep_session, room.pk) for _ in range(3)),
        services.close_ended,
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    row = room.fresh()
    assert (row.phase, row.end_reason, row.booking.status) == (Phase.ENDED, Cause.AGREED, "settled")
    assert Settlement.objects.count() == 1
    assert row.segments.count() == 1


@pytest.mark.requirement("SK-11")
def test_a_mentor_who_joins_two_rooms_at_once_gets_one(real_room: Room) -> None:
    other = build_room(mentor=real_room.mentor, hour=17)
    results = in_threads(partial(real_room.join, real_room.mentor), partial(other.join, other.mentor))
    assert sum(isinstance(result, MentorElsewhere) for result in results) == 1
    assert Lease.objects.filter(user=real_room.mentor, closed_at=None).count() == 1


def test_tabs_opened_at_once_leave_one_lease(real_room: Room) -> None:
    results = in_threads(*(partial(real_room.join, real_room.learner) for _ in range(6)))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert Lease.objects.filter(video_session=real_room.pk, closed_at=None).count() == 1


def test_a_sweeper_passes_a_room_that_another_process_holds(real_room: Room) -> None:
    real_room.both_join()
    with transaction.atomic():
        with locked_meter(real_room.pk):
            pass
        assert in_threads(partial(services.sweep_session, real_room.pk)) == [False]
    assert services.sweep_session(real_room.pk)


def test_beats_of_a_locked_room_are_left_for_later(real_room: Room) -> None:
    other = build_room(hour=17)
    real_room.both_join()
    other.both_join()
    beat = partial(
        services.beat,
        [real_room.lease(real_room.mentor), other.lease(other.mentor)],
        skip_locked=True,
    )
    with transaction.atomic():
        list(Lease.objects.filter(video_session=real_room.pk).select_for_update())
        assert in_threads(beat) == [{other.lease(other.mentor)}]


@pytest.mark.parametrize("late", [5, 40, 3600, 20 * 3600])
def test_a_late_sweeper_bills_the_same(real_room: Room, late: int) -> None:
    """The learner vanishes; whenever somebody looks, the bill ends with his last sign of life."""
    room = real_room
    room.both_join()
    room.spend(200)
    last = min(Lease.objects.filter(video_session=room.pk).values_list("last_seen", flat=True))
    pass_time(15 + late)
    services.sweep_session(room.pk)
    services.sweep_session(room.pk)
    assert [end for _, end in room.spans()] == [last]


@pytest.mark.requirement("SK-88")
def test_the_paid_time_started_twice_at_once_starts_once(real_room: Room) -> None:
    real_room.both_join()
    start = partial(services.start_paid, video_session=real_room.video_session, by=real_room.mentor)
    results = in_threads(*[start] * 4)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, CannotStart) for result in results) == 3


def test_both_ask_to_end_at_once_and_one_bill_is_made(real_room: Room) -> None:
    real_room.both_join()
    real_room.spend(200)
    people = (real_room.learner, real_room.mentor)
    results = in_threads(*(partial(services.ask_end, video_session=real_room.video_session, by=one) for one in people))
    assert [result for result in results if isinstance(result, Exception)] == []
    in_threads(*(partial(services.confirm_end, video_session=real_room.video_session, by=one) for one in people))
    assert real_room.fresh().phase == Phase.ENDED
    assert Settlement.objects.count() == 1
