"""What people can do during a call: change devices, save bandwidth, report a problem; without a mouse, on a phone."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User
from notifications.models import Notice
from sessions_video.models import RoomReport
from tests.browser.chromium import WATCH_CALLS, until
from tests.browser.people import session_cookie
from tests.browser.seats import Seat, meet, take_seats
from tests.browser.stack import Stack
from tests.browser.test_pages import AXE_CONTEXT, AXE_OPTIONS, RUN_AXE, SPILLS
from tests.sessions_video.conftest import Room, at_local_hour, build_room

pytestmark = pytest.mark.browser

VIDEO_BYTES = """async () => {
    const report = [...(await window.calls.at(-1).getStats()).values()];
    return report.filter((e) => e.type === 'inbound-rtp' && e.kind === 'video')
      .reduce((sum, e) => sum + e.bytesReceived, 0);
}"""
SENT_DEVICES = """() => Object.fromEntries(window.calls.at(-1).getSenders().map((sender) => sender.track)
    .filter(Boolean).map((track) => [track.kind, track.getSettings().deviceId]))"""
IS_SENT = f"([kind, wanted]) => ({SENT_DEVICES})()[kind] === wanted"
# Chromium's own second camera sends nothing: this one does, and its image is square.
SECOND_CAMERA = """() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 480 });
    let turn = 0;
    setInterval(() => canvas.getContext('2d').fillRect(turn++ % 400, 0, 80, 480), 50);
    const devices = navigator.mediaDevices;
    const [list, open] = [devices.enumerateDevices.bind(devices), devices.getUserMedia.bind(devices)];
    const second = { kind: 'videoinput', deviceId: 'second', label: 'Banc-titre', groupId: '' };
    devices.enumerateDevices = async () => [...await list(), second];
    devices.getUserMedia = async ({ audio, video }) => {
      if (video?.deviceId?.exact !== 'second') return open({ audio, video });
      const [track] = canvas.captureStream(15).getVideoTracks();
      track.getSettings = () => ({ deviceId: 'second', width: 480, height: 480 });
      const stream = await open({ audio });
      stream.addTrack(track);
      return stream;
    };
}"""
IS_SQUARE = "video => video.videoWidth > 0 && video.videoWidth === video.videoHeight"
CAMERA_RATE = """() => window.calls.at(-1).getSenders()[1].getParameters().encodings[0].maxBitrate"""
# The device that is used goes away, as when a headset is unplugged.
UNPLUG = """() => {
    const used = document.querySelector('[data-room=self]').srcObject.getAudioTracks()[0].getSettings().deviceId;
    const list = MediaDevices.prototype.enumerateDevices;
    navigator.mediaDevices.enumerateDevices = async () =>
      (await list.call(navigator.mediaDevices)).filter(({ deviceId }) => deviceId !== used);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
}"""
# What a browser counts of a bad connection, on demand.
BAD_WEATHER = """() => {
    const read = RTCPeerConnection.prototype.getStats;
    RTCPeerConnection.prototype.getStats = async function () {
      const report = await read.call(this);
      const worse = (entry) => entry.type === 'candidate-pair' ? { ...entry, currentRoundTripTime: 0.9 } : entry;
      return new Map([...report].map(([id, entry]) => [id, worse(entry)]));
    };
}"""
IN_VIEW = """([selector, least]) =>
  [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
    const box = e.getBoundingClientRect();
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const whole = box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
    const fine = whole && box.width >= least && box.height >= least && (e.contains(middle) || middle?.contains(e));
    return fine ? '' : `${e.dataset.room ?? e.tagName} ${JSON.stringify(box)}`;
}).filter(Boolean)"""
TARGET_PX = 44


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


@pytest.fixture
def address(stack: Stack, room: Room) -> str:
    return stack.url + reverse("sessions_video:room", args=[room.video_session.booking.reference])


@pytest.fixture
def seats(stack: Stack, sign_in: Callable[[User], Page], room: Room) -> tuple[Seat, Seat]:
    return take_seats(stack, sign_in, room)


def comes_true(seat: Seat, name: str, question: str) -> None:
    until(seat.page, lambda: seat.page.locator(seat.part(name)).evaluate(question), f"{name} never: {question}")


def no_image_comes(seat: Seat) -> bool:
    """What was on its way arrives first."""
    for _ in range(20):
        before = seat.page.evaluate(VIDEO_BYTES)
        seat.page.wait_for_timeout(1500)
        if seat.page.evaluate(VIDEO_BYTES) == before:
            return True
    return False


def accessible(page: Page, *, where: str) -> None:
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(RUN_AXE, [AXE_CONTEXT, AXE_OPTIONS]) == [], where


@pytest.mark.requirement("SK-12", "SK-83")
def test_devices_change_and_the_relays_key_is_renewed_in_mid_call(seats: tuple[Seat, Seat]) -> None:
    mentor, learner = seats
    keys: list[str] = []

    def short_lived(route: Route) -> None:
        keys.append(f"turn:127.0.0.1:{len(keys) + 9}")
        server = {"urls": keys[-1], "username": "somebody", "credential": "for a while"}
        route.fulfill(content_type="application/json", body=json.dumps({"iceServers": [server], "lifetime": 12}))

    learner.page.route("**/ice/", short_lived)
    meet(mentor, learner)
    connections = [seat.connections() for seat in seats]
    before = learner.page.evaluate(SENT_DEVICES)
    learner.page.evaluate(SECOND_CAMERA)
    learner.open_more("settings")
    for name, kind in (("settings-camera", "video"), ("settings-microphone", "audio")):
        choice = learner.page.locator(learner.part(name))
        offered = choice.locator("option").evaluate_all("options => options.map((option) => option.value)")
        wanted = next(value for value in offered if value not in {before[kind], "default"})
        choice.select_option(wanted)
        learner.says("settings-state", "C’est changé. L’appel continue.")
        # The sentence may still be the one about the device before.
        learner.page.wait_for_function(IS_SENT, arg=[kind, wanted])
        mentor.sees_the_other()
    comes_true(mentor, "remote", IS_SQUARE)
    speaker = learner.page.locator(learner.part("settings-speaker"))
    if speaker.is_visible():
        speaker.select_option(index=1)
        chosen = speaker.input_value()
        expect(learner.page.locator(learner.part("remote"))).to_have_js_property("sinkId", chosen)
    learner.page.keyboard.press("Escape")

    learner.page.evaluate(UNPLUG)
    learner.notes(re.compile(r"^Appareil débranché\u202f: .+ L’appel continue avec\u202f: .+"))
    mentor.sees_the_other()
    comes_true(mentor, "remote", IS_SQUARE.replace("&& video.videoWidth ===", "&& video.videoWidth !=="))
    until(learner.page, lambda: len(keys) > 1, "no new key came")
    known = "() => window.calls.at(-1).getConfiguration().iceServers[0].urls"
    until(learner.page, lambda: keys[-1] in learner.page.evaluate(known), "the new key is not used")
    assert [seat.connections() for seat in seats] == connections, "one connection from start to end"
    assert mentor.errors == learner.errors == []


def test_sound_only_stops_every_image_and_gives_them_back(seats: tuple[Seat, Seat]) -> None:
    mentor, learner = seats
    meet(mentor, learner)
    learner.open_more("sound-only")
    mentor.says("peer-off-words", re.compile("a choisi le son seulement"))
    expect(mentor.page.locator(mentor.part("peer-off"))).to_be_visible()
    assert no_image_comes(learner)
    assert no_image_comes(mentor)
    expect(learner.page.locator(learner.part("camera"))).to_have_attribute("aria-pressed", "false")

    learner.open_more("sound-only")
    for seat in (mentor, learner):
        seat.sees_the_other()
    expect(mentor.page.locator(mentor.part("peer-off"))).to_be_hidden()

    mentor.page.evaluate(BAD_WEATHER)
    mentor.says("quality-words", "Connexion faible")
    mentor.notes(re.compile("votre image est allégée"))
    until(mentor.page, lambda: mentor.page.evaluate(CAMERA_RATE) == 250_000, "the image is not lighter")
    expect(mentor.page.locator(mentor.part("relief"))).to_be_visible()
    assert no_image_comes(learner)
    mentor.click("relief-back")
    expect(mentor.page.locator(mentor.part("sound-only"))).to_have_attribute("aria-pressed", "false")
    learner.sees_the_other()
    mentor.page.wait_for_timeout(14_000)
    expect(mentor.page.locator(mentor.part("sound-only"))).to_have_attribute("aria-pressed", "false")
    assert mentor.errors == learner.errors == []


def test_the_newest_tab_wins_both_ways(seats: tuple[Seat, Seat], room: Room) -> None:
    mentor, learner = seats
    meet(mentor, learner)
    second = Seat(learner.page.context.new_page(), learner.page.url)
    for newer, older in ((second, learner), (learner, second)):
        if newer is learner:
            newer.click("final-here")
        newer.allow_devices()
        newer.connect()
        older.says("final-title", "Vous êtes déjà connecté dans un autre onglet.")
        expect(older.page.locator(older.part("final-title"))).to_be_focused()
        newer.sees_the_other()
        mentor.sees_the_other()
    assert room.spans() == [], "presence is unbroken"


def test_a_problem_is_reported_with_what_was_measured(
    seats: tuple[Seat, Seat], room: Room, stack: Stack, sign_in: Callable[[User], Page]
) -> None:
    mentor, learner = seats
    meet(mentor, learner)
    expect(learner.page.locator(learner.part("quality"))).to_be_visible()
    learner.open_more("report")
    learner.page.get_by_label("Image", exact=True).check()
    learner.page.fill("#report-words", "L’image <b>saute</b>.")
    learner.click("report-send")
    learner.says("report-state", re.compile("^Merci"))
    expect(learner.page.locator(learner.part("report-close"))).to_be_focused()

    report = RoomReport.objects.get()
    assert (report.author, report.topic, report.words) == (room.learner, "image", "L’image <b>saute</b>.")
    assert report.statistics["connection"]["state"] == "connected"
    assert report.statistics["connection"]["ownCandidate"] in {"host", "prflx", "srflx"}
    assert any(sample["receivedImage"] for sample in report.statistics["samples"])
    assert "127.0.0.1" not in json.dumps(report.statistics)
    assert Notice.objects.filter(recipient=room.learner, kind="sessions_video.report_received").count() == 1

    staff = User.objects.create_superuser("equipe@example.org", "une phrase longue")
    team = sign_in(staff)
    team.goto(f"{stack.url}/admin/sessions_video/roomreport/{report.pk}/change/")
    text = team.locator("#content").inner_text()
    assert "L’image <b>saute</b>." in text
    assert "connection.ownCandidate" in text
    assert room.video_session.booking.reference in text
    assert team.get_by_role("button", name="Enregistrer").count() == 0


def test_a_whole_call_with_keys_alone(seats: tuple[Seat, Seat]) -> None:
    """Shortcuts do their work, and nothing while somebody writes. Every dialog is left with Escape."""
    mentor, learner = seats
    for seat in seats:
        # Colors are judged once they have changed.
        seat.page.emulate_media(reduced_motion="reduce")
    accessible(learner.page, where="lobby")
    meet(mentor, learner)
    page = learner.page
    microphone = page.locator(learner.part("microphone"))
    expect(microphone).to_be_focused()
    accessible(page, where="call")
    page.keyboard.press("Alt+Shift+D")
    expect(microphone).to_have_attribute("aria-pressed", "false")
    mentor.says("peer-state", "(micro coupé)")
    page.keyboard.press("Alt+Shift+C")
    expect(page.locator(learner.part("conversation"))).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Alt+Shift+C")
    expect(page.locator(learner.part("chat-input"))).to_be_focused()
    page.keyboard.press("Alt+Shift+D")
    page.keyboard.press("d")
    expect(microphone).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Control+a")
    page.keyboard.type("Je vous entends.")
    page.keyboard.press("Enter")
    expect(mentor.page.locator(mentor.part("chat-log"))).to_contain_text("Je vous entends.")

    expect(page.locator(learner.part("end-dialog"))).to_be_hidden()
    open_each_dialog(learner)
    windows(learner)
    tab_to(page, "Terminer")
    page.keyboard.press("Enter")
    accessible(page, where="end dialog")
    page.keyboard.press("Enter")
    expect(mentor.page.locator(mentor.part("confirm-dialog"))).to_be_visible()
    accessible(mentor.page, where="confirmation")
    # Whoever was just writing does not end a session with his next Enter.
    assert mentor.page.evaluate("document.activeElement.innerText") == "Continuer la session"
    tab_to(mentor.page, "Terminer pour les deux")
    mentor.page.keyboard.press("Enter")
    for seat in (mentor, learner):
        seat.says("final-title", "La session est terminée.")
        accessible(seat.page, where="final view")
        assert seat.errors == []


def tab_to(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement === document.body ? '' : document.activeElement.innerText"):
            return
    raise AssertionError(f"no stop is called {name}")


def open_each_dialog(seat: Seat) -> None:
    page = seat.page
    for name, dialog in (("Réglages", "settings"), ("Raccourcis", "shortcuts"), ("Signaler un problème", "report")):
        tab_to(page, "Plus")
        page.keyboard.press("Enter")
        tab_to(page, name)
        page.keyboard.press("Enter")
        expect(page.locator(seat.part(f"{dialog}-dialog"))).to_be_visible()
        accessible(page, where=dialog)
        page.keyboard.press("Alt+Shift+D")
        expect(page.locator(seat.part("microphone"))).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("Escape")
        expect(page.locator(seat.part(f"{dialog}-dialog"))).to_be_hidden()
        expect(page.locator(f"{seat.part('more')} > summary")).to_be_focused()


def windows(seat: Seat) -> None:
    """Full screen and the small window: pressed while they last, or hidden where there are none."""
    page = seat.page
    for name, is_there in (
        ("full-screen", "() => document.fullscreenEnabled"),
        ("small-window", "() => document.pictureInPictureEnabled || 'documentPictureInPicture' in window"),
    ):
        button = page.locator(seat.part(name))
        if not page.evaluate(is_there):
            expect(button).to_have_attribute("hidden", "")
            continue
        page.keyboard.press("Alt+Shift+F" if name == "full-screen" else "Alt+Shift+V")
        expect(button).to_have_attribute("aria-pressed", "true")
        seat.sees_the_other()
        page.keyboard.press("Alt+Shift+F" if name == "full-screen" else "Alt+Shift+V")
        expect(button).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("size", [(390, 844), (844, 390)], ids=["upright", "sideways"])
def test_on_a_phone_everything_is_within_reach(
    chromium: Browser, sign_in: Callable[[User], Page], room: Room, address: str, size: tuple[int, int]
) -> None:
    width, height = size
    phone = chromium.new_context(
        permissions=["camera", "microphone"],
        locale="fr-FR",
        viewport={"width": width, "height": height},
        has_touch=True,
        is_mobile=True,
    )
    phone.add_init_script(WATCH_CALLS)
    phone.add_cookies([session_cookie(room.learner, address.split("/salle/", maxsplit=1)[0])])
    try:
        learner = Seat(phone.new_page(), address)
        mentor = Seat(sign_in(room.mentor), address)
        meet(mentor, learner)
        within_reach(learner, mentor)
    finally:
        phone.close()


def comes_into_view(page: Page, parts: list[Any]) -> None:
    until(page, lambda: not page.evaluate(IN_VIEW, parts), f"out of view: {parts}")


def within_reach(learner: Seat, mentor: Seat) -> None:
    page = learner.page
    bar: list[Any] = ["[data-room=dock] .controls > button, [data-room=dock] .controls > details > summary", TARGET_PX]
    # Once the parts of the call have found their places.
    until(page, lambda: not page.evaluate(SPILLS), "something spills over")
    comes_into_view(page, bar)
    comes_into_view(page, ["[data-room=left], [data-room=amount], [data-room=meter-state]", 10])
    image = page.locator(learner.part("remote")).bounding_box()
    assert image is not None
    assert image["height"] >= page.viewport_size["height"] * 0.45  # type: ignore[index]
    accessible(page, where="phone")

    page.tap(f"{learner.part('more')} > summary")
    items = page.locator(f"{learner.part('more-list')} button:visible")
    assert items.count() >= 6
    for index in range(items.count()):
        items.nth(index).scroll_into_view_if_needed()
        box = items.nth(index).bounding_box()
        assert box is not None
        assert box["height"] >= TARGET_PX - 1
    page.keyboard.press("Escape")

    page.tap(learner.part("conversation"))
    page.fill(learner.part("chat-input"), "Je suis dans le train.")
    page.keyboard.press("Enter")
    expect(mentor.page.locator(mentor.part("chat-log"))).to_contain_text("Je suis dans le train.")
    page.keyboard.press("Escape")
    expect(page.locator(learner.part("chat-input"))).to_be_hidden()
    mentor.page.fill(mentor.part("chat-input"), "Pas de souci.")
    mentor.page.keyboard.press("Enter")
    learner.says("conversation", re.compile(r"Messages \(1\)"))


def test_a_call_that_cannot_connect_offers_what_can_be_tried(seats: tuple[Seat, Seat], address: str) -> None:
    """Through the relay only, and there is none."""
    for seat in seats:
        seat.page.goto(f"{address}?relay")
        seat.allow_devices()
    for seat in seats:
        seat.connect()
    learner = seats[1]
    expect(learner.page.locator(learner.part("trouble"))).to_be_visible()
    expect(learner.page.locator(learner.part("trouble-relay"))).to_be_hidden()
    accessible(learner.page, where="trouble")
    learner.click("trouble-sound")
    expect(learner.page.locator(learner.part("trouble"))).to_be_hidden()
    expect(learner.page.locator(learner.part("sound-only"))).to_have_attribute("aria-pressed", "true")
    assert learner.errors == []
