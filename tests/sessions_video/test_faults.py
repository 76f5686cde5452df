"""What breaks around a session: pages, networks, machines, servers, clocks. The count is right all the same.

Time moves by the product's clock, and the database commits. The browser's tests restart PostgreSQL and Valkey for real.
"""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from core import clock
from sessions_video import services
from sessions_video.errors import Ended
from sessions_video.models import EventKind, Lease
from sessions_video.protocol import MESSAGES
from sessions_video.reading import peek
from sessions_video.states import Cause, Phase
from tests.browser.stack import database_url
from tests.databases import in_threads
from tests.sessions_video.conftest import Room, at_local_hour, build_room, pass_time

ROOT = Path(__file__).resolve().parent.parent.parent
# What the machine itself needs between two steps of a test, whose time is otherwise moved by hand.
SLACK_MS = 3_000


@pytest.fixture
def room(cloned_database: str) -> Room:
    at_local_hour(9)
    return build_room()


def counted_ms(room: Room) -> int:
    return sum(end - start for start, end in room.spans())


def last_beat(room: Room) -> int:
    """The earlier of both people's last signs of life."""
    return min(Lease.objects.get(pk=lease).last_seen for lease, _ in room.pages.values())


def rejoin(room: Room) -> None:
    """What each page does by itself once a server answers: the same page, a new socket, a new lease."""
    for user in (room.mentor, room.learner):
        page = room.pages[user.pk][1]
        room.pages[user.pk] = (services.join(video_session=room.video_session, by=user, page=page).lease, page)


def end(room: Room) -> None:
    services.ask_end(video_session=room.video_session, by=room.learner)
    services.confirm_end(video_session=room.video_session, by=room.mentor)


# --- the server dies --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SK-97")
@pytest.mark.parametrize("away", [1, 9, 13])
def test_a_server_back_within_the_lease_leaves_the_segment_unbroken(room: Room, away: int) -> None:
    room.both_join()
    room.spend(60)
    pass_time(away)
    rejoin(room)
    room.spend(20)
    assert room.spans() == []
    end(room)
    assert 0 <= counted_ms(room) - (80 + away) * 1000 < SLACK_MS
    assert room.fresh().segments.count() == 1


@pytest.mark.requirement("SK-97")
@pytest.mark.parametrize("away", [16, 60, 3600])
@pytest.mark.parametrize("swept", [False, True])
def test_a_server_back_later_closes_the_segment_at_the_last_beat(room: Room, away: int, *, swept: bool) -> None:
    room.both_join()
    room.spend(60)
    last = last_beat(room)
    pass_time(away)
    if swept:
        services.sweep_session(room.pk)
    rejoin(room)
    assert [ended for _, ended in room.spans()] == [last]
    room.spend(20)
    end(room)
    assert room.fresh().segments.count() == 2
    assert 0 <= counted_ms(room) - 80_000 < SLACK_MS


def test_a_worker_killed_with_both_joined_costs_at_most_one_beat(cloned_database: str, room: Room) -> None:
    """A process of its own joins both, beats, and is killed as the kernel would."""
    people = f"({room.mentor.pk}, {room.learner.pk})"
    work = (
        "import sys, time; from uuid import uuid4; from accounts.models import User;"
        "from sessions_video import services; from sessions_video.models import VideoSession;"
        f"row = VideoSession.objects.with_people().get(pk={room.pk});"
        "join = lambda who: services.join(video_session=row, by=User.objects.get(pk=who), page=uuid4()).lease;"
        f"leases = [join(who) for who in {people}];"
        "print('ready', flush=True);"
        "[(time.sleep(0.2), services.beat(leases)) for _ in range(1000)]"
    )
    environment = os.environ | {
        "DATABASE_URL": database_url(cloned_database),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", work]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        pass_time(2)
        while last_seen(room) < clock.database_now_ms() - 500:
            continue
        process.send_signal(signal.SIGKILL)
    known, dead_at = last_seen(room), clock.database_now_ms()
    assert dead_at - known < 2_000
    pass_time(15)
    services.sweep_session(room.pk)
    assert [ended for _, ended in room.spans()] == [known]
    assert room.open_leases() == 0


def last_seen(room: Room) -> int:
    return min(Lease.objects.filter(video_session=room.pk).values_list("last_seen", flat=True))


# --- pages and networks -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("SK-90", "SK-97")
def test_a_connection_that_flaps_each_second_for_five_minutes_counts_the_five_minutes(room: Room) -> None:
    room.both_join()
    page = room.pages[room.learner.pk][1]
    started = Lease.objects.get(pk=room.lease(room.learner)).opened_at
    for second in range(300):
        pass_time(1)
        room.pages[room.learner.pk] = (
            services.join(video_session=room.video_session, by=room.learner, page=page).lease,
            page,
        )
        if second % 5 == 4:
            room.beat(room.mentor)
    assert room.spans() == [], "one unbroken segment"
    assert room.open_leases() == 2
    now = clock.database_now_ms()
    assert abs(peek(room.pk)["elapsed_ms"] - (now - started)) < SLACK_MS
    end(room)
    ((began, ended),) = room.spans()
    assert began == started
    assert room.fresh().billed_seconds == (ended - began - 180_000) // 1000


def test_two_tabs_that_fight_count_once(room: Room) -> None:
    room.both_join()
    for _ in range(60):
        pass_time(2)
        room.join(room.learner)
        room.beat(room.mentor)
        assert room.open_leases() == 2
    end(room)
    assert room.fresh().segments.count() == 1
    assert 0 <= counted_ms(room) - 120_000 < 5 * SLACK_MS
    assert Lease.objects.filter(video_session=room.pk, close_reason=Cause.REPLACED).count() == 60


@pytest.mark.parametrize("who", ["mentor", "learner"])
def test_one_person_alone_for_an_hour_counts_nothing(room: Room, who: str) -> None:
    alone = room.mentor if who == "mentor" else room.learner
    room.join(alone)
    for _ in range(60):
        room.spend(60, alone)
        services.sweep_session(room.pk)
    state = peek(room.pk)
    assert (state["phase"], state["elapsed_ms"], state["billed_seconds"]) == (Phase.OPEN, 0, 0)
    assert room.spans() == []
    assert room.open_leases() == 1, "still welcome"


@pytest.mark.requirement("SK-97")
@pytest.mark.parametrize("swept", [False, True])
def test_a_laptop_that_slept_ten_minutes_joins_again(room: Room, *, swept: bool) -> None:
    room.both_join()
    room.spend(200)
    asleep = room.lease(room.learner)
    last = Lease.objects.get(pk=asleep).last_seen
    for _ in range(10):
        room.spend(60, room.mentor)
        if swept:
            services.sweep_session(room.pk)
    before = Lease.objects.get(pk=asleep).last_seen
    assert services.beat([asleep]) == services.beat([asleep], skip_locked=True) == set()
    assert Lease.objects.get(pk=asleep).last_seen == before == last
    room.join(room.learner)
    assert services.beat([asleep]) == set(), "the old lease is dead for good"
    room.spend(30)
    end(room)
    (_, first_end), (second_start, _) = room.spans()
    assert first_end == last
    assert second_start - first_end >= 600_000
    assert 0 <= counted_ms(room) - 230_000 < 2 * SLACK_MS


def test_no_message_of_a_page_carries_a_time() -> None:
    """A page whose clock is wrong by a day can tell nobody: whatever it may send is no instant."""
    fields = {name for message in MESSAGES.values() for name in message}
    assert fields <= {
        "accepts",
        "body",
        "camera",
        "candidate",
        "card_cents",
        "client_id",
        "description",
        "failed",
        "generation",
        "last_chat_id",
        "microphone",
        "ms",  # how long an extension lasts
        "price_cents",
        "request_id",
        "screen",
        "sound_only",
        "to",
    }


# --- the sweeper ------------------------------------------------------------------------------------------------------


def test_with_the_sweeper_dead_all_along_the_planned_time_is_never_passed(cloned_database: str) -> None:
    at_local_hour(9)
    room = build_room(minutes=15)
    room.both_join()
    room.spend(180 + 15 * 60 + 60)
    state = peek(room.pk)
    assert (state["phase"], state["billed_seconds"], state["amount_cents"]) == (Phase.LIMIT_REACHED, 900, 1175)
    room.spend(600)
    with pytest.raises(Ended):
        room.join(room.mentor)
    assert counted_ms(room) == 180_000 + 900_000
    assert (room.fresh().phase, room.fresh().end_reason) == (Phase.ENDED, Cause.TIME_USED_UP)
    assert services.close_ended() == 1
    assert room.fresh().booking.status == "settled"


def test_a_sweeper_and_three_sockets_that_race_keep_one_story(room: Room) -> None:
    """Beats, joins, goodbyes and sweeps at once, again and again: no error, no overlap, nothing beyond presence."""
    room.both_join()
    learner_page = room.pages[room.learner.pk][1]
    join = partial(services.join, video_session=room.video_session, by=room.learner, page=learner_page)
    for turn in range(12):
        pass_time(4)
        leases = [lease for lease, _ in room.pages.values()]
        results = in_threads(
            partial(services.sweep_session, room.pk),
            partial(services.beat, leases),
            *([join] if turn % 3 == 0 else [partial(services.beat, leases)]),
            *([partial(services.leave, video_session_id=room.pk, lease=leases[1])] if turn % 4 == 3 else []),
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        current = Lease.objects.filter(video_session=room.pk, role="learner", closed_at=None).first()
        if current:
            room.pages[room.learner.pk] = (current.pk, learner_page)
        assert room.open_leases() == 1 + bool(current)
    end(room)
    assert both_were_there(room)
    row = room.fresh()
    assert row.accumulated_ms == counted_ms(room) <= 12 * 4_000 + 12 * SLACK_MS
    assert row.booking.status == "settled"


def both_were_there(room: Room) -> bool:
    """Every span lies inside the leases of each role, put together."""
    for role in ("mentor", "learner"):
        leases = Lease.objects.filter(video_session=room.pk, role=role).order_by("opened_at")
        for start, ended in room.spans():
            reached = start
            for lease in leases:
                if lease.opened_at <= reached:
                    # A lease that was replaced was there until then.
                    stayed = lease.closed_at if lease.close_reason != Cause.LOST else lease.last_seen
                    reached = max(reached, stayed or lease.last_seen)
            if reached < ended:
                return False
    return True


# --- the story of the room --------------------------------------------------------------------------------------------


def test_a_fault_is_told_in_the_proof_with_its_cause(room: Room) -> None:
    room.both_join()
    room.spend(200)
    room.spend(30, room.mentor)
    services.sweep_session(room.pk)
    assert room.fresh().events.filter(kind=EventKind.LOST).get().role == "learner"
    assert room.fresh().segments.get().cause == Cause.LOST
