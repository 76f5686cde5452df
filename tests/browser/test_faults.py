"""Networks, servers and machines fail in mid-call; two people go on without a reload, rightly counted."""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from core import clock
from core.embedded.services import Services
from sessions_video.models import Lease
from sessions_video.states import Cause
from tests.browser.chromium import until
from tests.browser.conftest import profiles
from tests.browser.seats import Seat
from tests.browser.stack import Stack, running_stack
from tests.services_of_its_own import (
    kill_valkey,
    moved_to,
    own_services,
    restart_postgres,
    restart_valkey,
    stop_postgres,
)
from tests.sessions_video.conftest import Room, at_local_hour, build_room

pytestmark = pytest.mark.browser

BEAT_MS = 5_000
LEASE_MS = 15_000
OFFLINE_SECONDS = 20
COUNTING = "Décompte en cours"
WITHOUT_MEDIA = "En pause\u202f: l’image et le son ne passent pas. Le décompte est arrêté."
# `cut()` closes the page's socket and lets it open no other until `back()`.
CUTTABLE = """
    const sockets = [];
    const Real = WebSocket;
    let cable = true;
    window.WebSocket = new Proxy(Real, { construct(target, args) {
      const socket = cable ? new target(...args) : { readyState: 0, send() {}, close() {} };
      if (cable) sockets.push(socket);
      else setTimeout(() => socket.onclose?.({ code: 1006 }), 50);
      return socket;
    } });
    window.cut = () => { cable = false; sockets.splice(0).forEach((socket) => socket.close()); };
    window.back = () => { cable = true; };
"""
# The clock of this machine is wrong by a day.
WRONG_CLOCK = """
    const DAY = 86_400_000;
    window.Date = class extends Date {
      constructor(...parts) { super(...(parts.length ? parts : [Date.now()])); }
      static now() { return super.now() + DAY; }
    };
"""
# The minute that a page keeps its call without a server takes four seconds once `hurry` is said.
HURRIED = """
    const later = window.setTimeout;
    window.hurry = false;
    window.setTimeout = (work, ms, ...more) => later(work, window.hurry && ms === 60_000 ? 4_000 : ms, ...more);
"""
# Every socket opens, and closes at once.
FAILING_SERVER = """
    window.attempts = 0;
    window.WebSocket = class {
      static OPEN = 1;
      constructor() {
        window.attempts += 1;
        setTimeout(() => { this.readyState = 1; this.onopen?.(); }, 10);
        setTimeout(() => { this.readyState = 3; this.onclose?.({ code: 1011 }); }, 30);
      }
      send() {}
      close() {}
    };
"""
# While the wall stands, connections find no way; the one that is there is told broken, and trying again goes faster.
WALL = """
    window.wall = false;
    const every = window.setInterval;
    window.setInterval = (work, ms, ...more) => every(work, window.wall && ms === 4_000 ? 1_000 : ms, ...more);
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(options) {
        super(window.wall ? { ...options, iceServers: [], iceTransportPolicy: "relay" } : options);
      }
    };
    window.raise = () => {
      window.wall = true;
      const call = window.calls.at(-1);
      Object.defineProperty(call, "connectionState", { value: "failed" });
      call.dispatchEvent(new Event("connectionstatechange"));
    };
"""
CALL_STATE = "() => window.calls.at(-1).connectionState"


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


def seat_in(page: Page, stack: Stack, room: Room, *scripts: str) -> Seat:
    for script in scripts:
        page.add_init_script(f"(() => {{{script}}})();")
    return Seat(page, stack.url + reverse("sessions_video:room", args=[room.video_session.booking.reference]))


def meet_and_count(mentor: Seat, learner: Seat) -> list[int]:
    """How many connections each needed to begin with."""
    for seat in (mentor, learner):
        seat.allow_devices()
    for seat in (mentor, learner):
        seat.connect()
    for seat in (mentor, learner):
        seat.sees_the_other()
    mentor.click("start-paid")
    for seat in (mentor, learner):
        counts(seat)
    return [mentor.connections(), learner.connections()]


def counts(seat: Seat) -> None:
    expect(seat.page.locator(seat.part("meter-state"))).to_have_text(COUNTING)


def lease_of(room: Room, role: str) -> Lease:
    return Lease.objects.filter(video_session=room.pk, role=role).latest("opened_at")


def write(one: Seat, other: Seat, words: str) -> None:
    one.page.fill(one.part("chat-input"), words)
    one.page.press(one.part("chat-input"), "Enter")
    for seat in (one, other):
        expect(seat.page.locator(seat.part("chat-log"))).to_contain_text(words)


@pytest.mark.requirement("SK-97")
def test_a_network_cut_pauses_the_count_at_the_last_beat_and_it_goes_on_by_itself(
    stack: Stack, sign_in: Callable[[User], Page], room: Room
) -> None:
    """The learner's machine has a wrong clock besides: what he sees and what is counted is the server's time."""
    mentor = seat_in(sign_in(room.mentor), stack, room)
    learner = seat_in(sign_in(room.learner), stack, room, CUTTABLE, WRONG_CLOCK)
    meet_and_count(mentor, learner)
    wait_for_a_beat(learner, room)

    learner.page.evaluate("window.cut()")
    cut_at = time.monotonic()
    learner.says("meter-state", re.compile("Connexion perdue. Le décompte est arrêté."))
    expect(mentor.page.locator(mentor.part("meter-state"))).to_have_text(
        re.compile("^En pause\u202f: votre interlocuteur n’est plus connecté. Le décompte est arrêté.")
    )
    lost = lease_of(room, "learner")
    ((_, stopped),) = room.spans()
    assert (stopped, lost.close_reason) == (lost.last_seen, Cause.LOST)
    amount = mentor.page.locator(mentor.part("amount")).inner_text()
    learner.page.wait_for_timeout(max(0, OFFLINE_SECONDS - (time.monotonic() - cut_at)) * 1000)
    assert mentor.page.locator(mentor.part("amount")).inner_text() == amount, "the count stands still"
    assert room.spans() == [(room.spans()[0][0], stopped)]

    learner.page.evaluate("window.back()")
    for seat in (mentor, learner):
        counts(seat)
        seat.sees_the_other()
    assert room.fresh().running_since == lease_of(room, "learner").opened_at
    shown = re.search(r"\d+", learner.page.locator(learner.part("left")).inner_text())
    assert shown
    assert int(shown[0]) in {59, 60}, "the time left, whatever the machine's own clock says"
    assert mentor.errors == learner.errors == []


def wait_for_a_beat(learner: Seat, room: Room) -> None:
    """Some time is counted for good: without a sign of life after his coming in nothing would be."""

    def has_beaten() -> bool:
        lease = lease_of(room, "learner")
        return lease.last_seen > lease.opened_at + 1000

    until(learner.page, has_beaten, "no sign of life came")


@pytest.mark.requirement("SK-97")
def test_without_image_and_sound_nothing_is_counted_until_they_pass_again(
    stack: Stack, sign_in: Callable[[User], Page], room: Room
) -> None:
    """Both are in the room and talk to the server; the way between them is cut, and the mentor’s page says so."""
    mentor = seat_in(sign_in(room.mentor), stack, room, WALL)
    learner = seat_in(sign_in(room.learner), stack, room)
    meet_and_count(mentor, learner)
    wait_for_a_beat(learner, room)

    mentor.page.evaluate("window.raise()")
    expect(mentor.page.locator(mentor.part("trouble"))).to_be_visible()
    for seat in (mentor, learner):
        seat.says("meter-state", WITHOUT_MEDIA)
        seat.hears(WITHOUT_MEDIA)
    # Written once the learner was heard of after it.
    until(learner.page, room.spans, "the interval was not closed")
    segment = room.fresh().segments.get()
    assert (segment.cause, segment.role) == (Cause.MEDIA, "mentor")
    amounts = [seat.page.locator(seat.part("amount")).inner_text() for seat in (mentor, learner)]
    mentor.page.wait_for_timeout(3_000)
    assert [seat.page.locator(seat.part("amount")).inner_text() for seat in (mentor, learner)] == amounts
    assert room.fresh().running_since is None, "time goes by, and none of it is counted"
    write(learner, mentor, "Je vous attends ici.")

    mentor.page.evaluate("window.wall = false")
    mentor.click("trouble-again")
    for seat in (mentor, learner):
        seat.sees_the_other()
        counts(seat)
        seat.hears("Le décompte reprend.")
    expect(mentor.page.locator(mentor.part("trouble"))).to_be_hidden()
    assert (room.fresh().running_since or 0) > segment.ended_at + 3_000
    assert room.spans() == [(segment.started_at, segment.ended_at)]
    assert mentor.errors == learner.errors == []


@pytest.mark.requirement("SK-97")
def test_the_server_is_killed_in_mid_call_and_the_count_is_right(
    stack: Stack, sign_in: Callable[[User], Page], room: Room
) -> None:
    mentor, learner = (seat_in(sign_in(user), stack, room, HURRIED) for user in (room.mentor, room.learner))
    connections = meet_and_count(mentor, learner)
    started = max(lease_of(room, role).opened_at for role in ("mentor", "learner"))

    stack.kill("web")
    died = clock.database_now_ms()
    known = min(lease_of(room, role).last_seen for role in ("mentor", "learner"))
    assert died - known < LEASE_MS, "both were known to be there"
    for seat in (mentor, learner):
        seat.sees_the_other()
    stack.launch("web")
    stack.wait_until_ready()
    for seat in (mentor, learner):
        counts(seat)
        seat.sees_the_other()
    assert [mentor.connections(), learner.connections()] == connections, "the connections of the beginning"
    write(learner, mentor, "Toujours là ?")
    check_one_count(room, started=started, known=known)

    for seat in (mentor, learner):
        seat.page.evaluate("window.hurry = true")
    stack.kill("web")
    for seat in (mentor, learner):
        until(seat.page, partial(is_closed, seat), "nobody talks on for long without a server that counts")
        assert seat.errors == []


@pytest.mark.requirement("SK-97")
def test_a_server_that_is_replaced_in_mid_call_leaves_the_call_as_it_was(
    stack: Stack, sign_in: Callable[[User], Page], room: Room
) -> None:
    """An upgrade: the server is told to stop, the next one starts."""
    mentor, learner = (seat_in(sign_in(user), stack, room) for user in (room.mentor, room.learner))
    connections = meet_and_count(mentor, learner)
    started = max(lease_of(room, role).opened_at for role in ("mentor", "learner"))
    wait_for_a_beat(learner, room)
    known = min(lease_of(room, role).last_seen for role in ("mentor", "learner"))

    stack.end("web")
    stack.launch("web")
    stack.wait_until_ready()
    for seat in (mentor, learner):
        counts(seat)
        seat.sees_the_other()
    assert [mentor.connections(), learner.connections()] == connections, "the connections of the beginning"
    write(learner, mentor, "Toujours là ?")
    if room.spans():
        ((begun, ended),) = room.spans()
        assert (begun, ended >= known) == (started, True), "at most one sign of life is lost"
    else:
        assert room.fresh().running_since == started, "not a second is lost"
    assert mentor.errors == learner.errors == []


def is_closed(seat: Seat) -> bool:
    return bool(seat.page.evaluate(CALL_STATE) == "closed")


def are_known(room: Room) -> bool:
    heard = min(lease_of(room, role).last_seen for role in ("mentor", "learner"))
    return clock.database_now_ms() - heard < 2 * BEAT_MS


def check_one_count(room: Room, *, started: int, known: int) -> None:
    """Unbroken when both were back within the lease; else closed at the last beat, never beyond."""
    back = max(lease_of(room, role).opened_at for role in ("mentor", "learner"))
    if room.spans():
        assert room.spans() == [(started, known)]
        assert room.fresh().running_since == back
    else:
        assert room.fresh().running_since == started
        assert back - known < LEASE_MS + BEAT_MS


def test_a_server_that_fails_is_not_overrun_by_the_pages_that_come_back(
    stack: Stack, sign_in: Callable[[User], Page], room: Room
) -> None:
    """It opens sockets, and closes each at once, as when its database is down."""
    learner = seat_in(sign_in(room.learner), stack, room, FAILING_SERVER)
    learner.page.wait_for_timeout(8_000)
    assert 2 <= learner.page.evaluate("window.attempts") <= 10


# --- PostgreSQL and Valkey, of this test alone ------------------------------------------------------------------------


@pytest.fixture
def services(cloned_database: str) -> Iterator[Services]:
    with own_services() as running, moved_to(running):
        yield running


@pytest.fixture
def own_stack(services: Services, cloned_database: str, tmp_path: Path) -> Iterator[Stack]:
    environment = services.environment() | {"DATABASE_POOLED": "1"}
    del environment["DATA_DIR"]
    with running_stack(tmp_path, cloned_database, **environment) as running:
        yield running


@pytest.fixture
def pages(own_stack: Stack, chromium: Browser) -> Iterator[Callable[[User], Page]]:
    with profiles(own_stack, chromium) as open_as:
        yield open_as


@pytest.mark.requirement("SK-97")
def test_valkey_and_then_postgresql_restart_in_mid_call(
    services: Services, own_stack: Stack, pages: Callable[[User], Page]
) -> None:
    at_local_hour(9)
    room = build_room()
    mentor, learner = (seat_in(pages(user), own_stack, room) for user in (room.mentor, room.learner))
    connections = meet_and_count(mentor, learner)
    write(mentor, learner, "Avant.")

    kill_valkey(services)
    mentor.page.wait_for_timeout(2_000)
    for seat in (mentor, learner):
        seat.sees_the_other()
        counts(seat)
    restart_valkey(services)
    write(mentor, learner, "Valkey est revenu.")
    write(learner, mentor, "Dans les deux sens.")
    assert room.spans() == [], "nothing was lost"

    known = min(lease_of(room, role).last_seen for role in ("mentor", "learner"))
    stop_postgres(services)
    before = [seat.frames() for seat in (mentor, learner)]
    mentor.page.wait_for_timeout(3_000)
    assert all(seat.frames() > frames for seat, frames in zip((mentor, learner), before, strict=True)), "media flows"
    restart_postgres(services)
    write(learner, mentor, "PostgreSQL aussi.")
    for seat in (mentor, learner):
        counts(seat)
        seat.sees_the_other()
    assert [mentor.connections(), learner.connections()] == connections, "the connections of the beginning"
    for ended in (end for _, end in room.spans()):
        assert ended >= known
    until(mentor.page, partial(are_known, room), "nobody is heard of again by the process of before")
