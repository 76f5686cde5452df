"""« Inès vous attend dans la salle » (N-12): once, to the one who is not there."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import clock
from notifications.models import Email, Notice
from sessions_video import services
from tests.sessions_video.conftest import Room, at_local_hour, build_room, pass_time
from tests.sessions_video.test_consumer import Socket, pair, reference, sockets

KIND = "sessions_video.waiting"


def told(room: Room) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(kind=KIND).order_by("pk").values_list("recipient__first_name", "text"))


def waits(room: Room, name: str = "mentor") -> bool:
    return services.tell_absent(video_session=room.video_session, by=getattr(room, name))


@pytest.fixture
def room(make_room: Callable[..., Room]) -> Room:
    """At the planned hour."""
    return at_the_hour(make_room())


def at_the_hour(room: Room, early: timedelta = timedelta()) -> Room:
    pass_time((room.video_session.booking.starts_at - early - clock.now()).total_seconds())
    return room


@pytest.mark.django_db
def test_nobody_is_called_long_before_the_planned_hour(make_room: Callable[..., Room]) -> None:
    room = make_room()
    assert not waits(room)
    assert told(room) == []
    at_the_hour(room, early=timedelta(minutes=30))
    assert waits(room)
    assert len(told(room)) == 1


@pytest.mark.django_db
@pytest.mark.requirement("SK-84")
def test_the_absent_one_hears_that_he_is_waited_for(room: Room) -> None:
    assert waits(room)
    assert told(room) == [("Karim", "Inès vous attend dans la salle")]
    email = Email.objects.get(kind=KIND)
    assert email.to == room.learner.email
    assert f"/salle/{reference(room)}/" in email.body_text
    assert "n’est pas compté" in email.body_text


@pytest.mark.django_db
def test_he_hears_it_once_however_often_they_come_and_go(room: Room) -> None:
    for _ in range(3):
        assert waits(room)
        room.both_join()
        room.spend(30)
        room.leave(room.learner)
        pass_time(300)
    assert len(told(room)) == 1
    assert Email.objects.filter(kind=KIND).count() == 1


@pytest.mark.django_db
def test_each_of_both_may_be_waited_for(room: Room) -> None:
    waits(room, "mentor")
    waits(room, "learner")
    assert [name for name, _ in told(room)] == ["Karim", room.mentor.first_name]


def joins(room: Room) -> None:
    room.join(room.learner)


def visits(room: Room) -> None:
    services.note_visit(video_session=room.video_session, by=room.learner)


@pytest.mark.django_db
@pytest.mark.parametrize("comes", [joins, visits])
def test_nobody_is_called_who_is_in_the_room(room: Room, comes: Callable[[Room], None]) -> None:
    comes(room)
    assert not waits(room)
    assert told(room) == []
    # A page that comes and goes is somebody who is there; one that is gone for long is not.
    pass_time(50)
    assert not waits(room)
    pass_time(20)
    assert waits(room)
    assert len(told(room)) == 1


@pytest.mark.django_db
def test_nobody_is_called_into_a_room_that_is_over(held: Callable[[], Room]) -> None:
    room = at_the_hour(held())
    pass_time(600)
    assert waits(room), "there is nothing left to ask for"
    assert told(room) == []


@pytest.fixture
def open_room(cloned_database: str, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr("sessions_video.consumers.SNAPSHOT_SECONDS", 0.05)
    at_local_hour(9)
    return build_room()


async def test_a_page_alone_calls_and_two_pages_do_not(open_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def called(*, video_session: object, by: object) -> bool:
        calls.append(getattr(by, "first_name", ""))
        return True

    monkeypatch.setattr(services, "tell_absent", called)
    mentor, learner = await pair(open_room)
    async with sockets(mentor, learner):
        await mentor.hear("lobby.state")
        await learner.hear("lobby.state")
        calls.clear()
        for _ in range(4):
            await mentor.hear("meter.state")
        assert calls == []
    alone = Socket(open_room.learner, reference(open_room))
    async with sockets(alone):
        for _ in range(6):
            await alone.hear("meter.state")
    assert calls == ["Karim"], "once told, the page asks no more"
