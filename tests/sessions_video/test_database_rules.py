"""What the database refuses, whoever asks: attacked with raw SQL."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from sessions_video import services
from tests.sessions_video.conftest import Room

pytestmark = pytest.mark.django_db

NEW_SEGMENT = "INSERT INTO sessions_video_segment (video_session_id, started_at, ended_at, cause, role)"
NEW_LEASE = """INSERT INTO sessions_video_lease
    (id, video_session_id, user_id, role, page, worker, opened_at, last_seen, close_reason)"""
ROOM = "FROM sessions_video_videosession WHERE id = %s"
GROWING = """WITH room AS (
    UPDATE sessions_video_videosession SET accumulated_ms = accumulated_ms + 10 WHERE id = %s RETURNING id, day_end
)"""
OPEN_LEASE = "FROM sessions_video_lease WHERE closed_at IS NULL AND video_session_id = %s AND role ="
LEASE = "user_id, role, page, '', opened_at, last_seen, ''"
NEWEST = "(SELECT max(id) FROM sessions_video_videosession)"


def sql(*parts: str) -> str:
    return " ".join(parts)


OVERLAPPING = sql(
    NEW_SEGMENT,
    "SELECT video_session_id, started_at + 1, ended_at + 1, cause, role",
    "FROM sessions_video_segment WHERE video_session_id = %s",
)
EMPTY = sql(NEW_SEGMENT, "SELECT id, day_start + 10, day_start + 10, 'left', ''", ROOM)
UNCOUNTED = sql(NEW_SEGMENT, "SELECT id, day_start + 10, day_start + 20, 'left', ''", ROOM)
TOMORROW = sql(GROWING, NEW_SEGMENT, "SELECT id, day_end, day_end + 10, 'left', '' FROM room")
SECOND_LEASE = sql(NEW_LEASE, "SELECT gen_random_uuid(), video_session_id,", LEASE, OPEN_LEASE, "'learner'")
MENTOR_ELSEWHERE = sql(NEW_LEASE, "SELECT gen_random_uuid(),", NEWEST, ",", LEASE, OPEN_LEASE, "'mentor'")
SET = "UPDATE sessions_video_videosession SET {} WHERE id = %s"

ATTACKS = [
    (SET.format("accumulated_ms = free_ms + limit_ms + 1"), "room_never_over"),
    (SET.format("accumulated_ms = -1"), "one way"),
    (SET.format("accumulated_ms = accumulated_ms + 1"), "its segments"),
    (SET.format("free_ms = free_ms + 1"), "one way"),
    (SET.format("limit_ms = limit_ms - 1"), "one way"),
    (SET.format("last_ms = last_ms - 1"), "one way"),
    (SET.format("rate_cents = 1"), "terms"),
    (SET.format("day_end = day_end + 1"), "terms"),
    (SET.format("phase = 'elsewhere'"), "room_phase_known"),
    (SET.format("phase = 'ended'"), "room_"),
    (SET.format("next_action_at = NULL"), "room_end_is_whole"),
    (SET.format("pending_stop_at = 1, running_since = NULL"), "room_stop_of"),
    ("UPDATE sessions_video_segment SET ended_at = ended_at + 1 WHERE video_session_id = %s", "append-only"),
    ("DELETE FROM sessions_video_segment WHERE video_session_id = %s", "append-only"),
    ("UPDATE sessions_video_roomevent SET at = 0 WHERE video_session_id = %s", "append-only"),
    ("DELETE FROM sessions_video_roomevent WHERE video_session_id = %s", "append-only"),
    (OVERLAPPING, "segments_do_not_overlap"),
    (EMPTY, "segment_positive"),
    (UNCOUNTED, "its segments"),
    (TOMORROW, "outside its day"),
    (SECOND_LEASE, "one_open_lease_per_role"),
    ("UPDATE sessions_video_lease SET last_seen = opened_at - 1 WHERE video_session_id = %s", "lease_seen_after"),
    ("UPDATE sessions_video_lease SET closed_at = last_seen WHERE video_session_id = %s", "lease_close_is_whole"),
    ("UPDATE sessions_video_lease SET role = 'guest' WHERE video_session_id = %s", "lease_role_known"),
]


@pytest.fixture
def lived_in(room: Room) -> Room:
    """A room with a closed segment, events, and both people in it."""
    room.both_join()
    room.spend(30)
    room.leave(room.learner)
    room.spend(5, room.mentor)
    room.join(room.learner)
    assert len(room.spans()) == 1
    return room


def attack(statement: str, video_session_id: int) -> None:
    """Run it as a transaction of its own would, deferred rules included."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [video_session_id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("statement", "rule"), ATTACKS, ids=[rule for _, rule in ATTACKS])
def test_the_database_refuses(lived_in: Room, statement: str, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        attack(statement, lived_in.pk)
    assert len(lived_in.spans()) == 1


@pytest.mark.parametrize("change", ["accumulated_ms = accumulated_ms + 1", "end_reason = 'staff'", "ended_at = 1"])
def test_an_end_is_an_end(lived_in: Room, change: str) -> None:
    services.ask_end(video_session=lived_in.video_session, by=lived_in.mentor)
    services.confirm_end(video_session=lived_in.video_session, by=lived_in.learner)
    with pytest.raises(IntegrityError):
        attack(SET.format(change), lived_in.pk)


@pytest.mark.requirement("SK-11")
def test_a_mentor_has_one_live_room(lived_in: Room, make_room: Callable[..., Room]) -> None:
    make_room(mentor=lived_in.mentor, hour=17)
    with pytest.raises(IntegrityError, match="one_live_room_per_mentor"):
        attack(MENTOR_ELSEWHERE, lived_in.pk)
