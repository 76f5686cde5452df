"""A call through the relay alone, as between two closed networks, several times: the negotiation must not hang once.

Two faults of an earlier design showed only here: an offer that came before the connection existed, and a connection
that was built before the relay's credentials were known.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.chromium import until
from tests.browser.seats import Seat, meet, take_seats
from tests.browser.stack import Stack
from tests.sessions_video.conftest import Room, at_local_hour, build_room

# The relay first: the server reads its address when it starts.
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("relay")]
CALLS = 4
SECRET = "relay-of-this-test"
CANDIDATES = """async () => {
    const call = window.calls.at(-1);
    const report = await call.getStats();
    const pairs = [...report.values()].filter((entry) => entry.type === 'candidate-pair' && entry.nominated);
    return report.get(pairs.find((pair) => pair.state === 'succeeded')?.localCandidateId)?.candidateType;
}"""


@pytest.fixture
def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    program = shutil.which("turnserver")
    if program is None:
        pytest.fail("This test needs coturn (Debian package coturn).")
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings = tmp_path / "turnserver.conf"
    settings.write_text(
        f"listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={port}\nmin-port=42000\nmax-port=42300\n"
        f"fingerprint\nuse-auth-secret\nstatic-auth-secret={SECRET}\nrealm=test\nno-tls\nno-dtls\nno-cli\n"
        f"no-multicast-peers\nallow-loopback-peers\nsimple-log\nlog-file={tmp_path / 'turn.log'}\n"
        f"pidfile={tmp_path / 'turn.pid'}\nuserdb={tmp_path / 'turndb'}\n"
    )
    monkeypatch.setenv("TURN_URLS", f"turn:127.0.0.1:{port}?transport=udp")
    monkeypatch.setenv("TURN_SECRET", SECRET)
    process = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


def test_every_call_through_the_relay_connects(stack: Stack, sign_in: Callable[[User], Page], room: Room) -> None:
    address = stack.url + reverse("sessions_video:room", args=[room.video_session.booking.reference]) + "?relay"
    mentor, learner = Seat(sign_in(room.mentor), address), Seat(sign_in(room.learner), address)
    for seat in (mentor, learner):
        seat.allow_devices()
    for number in range(CALLS):
        # Who comes first changes: either side may have to wait for the other's first offer.
        first, second = (mentor, learner) if number % 2 else (learner, mentor)
        for seat in (first, second):
            seat.connect()
        for seat in (first, second):
            seat.sees_the_other()
            assert seat.page.evaluate(CANDIDATES) == "relay"
        for seat in (first, second):
            seat.click("leave")
        first.page.wait_for_timeout(300)


def test_somebody_hides_his_address_in_mid_call(stack: Stack, sign_in: Callable[[User], Page], room: Room) -> None:
    mentor, learner = take_seats(stack, sign_in, room)
    meet(mentor, learner)
    comes_to(learner, "host")
    # The learner never makes the connection: he asks the mentor's page for a new one.
    for wanted, candidate in ((True, "relay"), (False, "host")):
        learner.open_more("settings")
        learner.page.get_by_label("Masquer mon adresse (relais)").set_checked(wanted)
        learner.page.keyboard.press("Escape")
        comes_to(learner, candidate)
        for seat in (mentor, learner):
            seat.sees_the_other()
    assert mentor.errors == learner.errors == []


def comes_to(seat: Seat, candidate: str) -> None:
    def has_come() -> bool:
        state, found = (seat.page.evaluate(what) for what in ("window.calls.at(-1).connectionState", CANDIDATES))
        return (state, found) == ("connected", candidate)

    until(seat.page, has_come, f"the call never went by {candidate}")
