"""The sweeper process: it looks, it survives a room that fails, it stops when told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from channels.db import database_sync_to_async

from core import clock
from sessions_video.management.commands.room_sweeper import sweep_once
from sessions_video.models import VideoSession
from tests.browser.stack import database_url
from tests.sessions_video.conftest import Room, at_local_hour, build_room, pass_time

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def real_room(cloned_database: str) -> Room:
    at_local_hour(9)
    return build_room()


async def test_one_round_brings_due_rooms_up_to_now(real_room: Room) -> None:
    assert await sweep_once() == 0
    await database_sync_to_async(real_room.both_join)()
    await database_sync_to_async(pass_time)(20)
    assert await sweep_once() == 1
    assert await database_sync_to_async(real_room.open_leases)() == 0
    assert await sweep_once() == 0


async def test_a_room_that_fails_does_not_stop_the_others(real_room: Room, caplog: pytest.LogCaptureFixture) -> None:
    other = await database_sync_to_async(lambda: build_room(hour=17))()
    for room in (real_room, other):
        await database_sync_to_async(room.join)(room.learner)
    await database_sync_to_async(pass_time)(20)
    # A row that no rule of ours can read.
    await database_sync_to_async(VideoSession.objects.filter(pk=real_room.pk).update)(end_asked_by="nobody")
    assert await sweep_once() == 2
    assert f"room {real_room.pk} could not be swept" in caplog.text
    assert await database_sync_to_async(other.open_leases)() == 0


def test_the_process_works_and_stops_when_told(cloned_database: str, real_room: Room, tmp_path: Path) -> None:
    real_room.both_join()
    pass_time(20)
    environment = os.environ | {
        "DATABASE_URL": database_url(cloned_database),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "manage.py", "room_sweeper"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while real_room.open_leases() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert real_room.open_leases() == 0, (tmp_path / "log").read_text()
        assert real_room.fresh().last_ms <= clock.database_now_ms()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
