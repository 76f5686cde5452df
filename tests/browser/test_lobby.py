"""Before the call: what is checked, in the words of the page, with devices and networks that work and that do not."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from accounts.models import User
from tests.browser.chromium import FLAGS, PROGRAM
from tests.browser.people import session_cookie
from tests.browser.seats import Seat
from tests.browser.stack import Stack
from tests.browser.test_pages import AXE_CONTEXT, AXE_OPTIONS, RUN_AXE, SPILLS
from tests.browser.test_relay import relay
from tests.sessions_video.conftest import Room, at_local_hour, build_room

__all__ = ["relay"]

pytestmark = pytest.mark.browser
# Counts what could open a device or make a sound.
COUNT_OPENINGS = """
    window.openings = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) => {
      window.openings.push(Object.keys(wish).sort().join());
      return ask(wish);
    };
    window.AudioContext = class extends AudioContext {
      constructor(...options) { super(...options); window.openings.push('sound'); }
    };
"""
WITHOUT_CAMERA = """
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) =>
      wish.video ? Promise.reject(new DOMException('none', 'NotFoundError')) : ask(wish);
    const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
    navigator.mediaDevices.enumerateDevices = async () => (await list()).filter((d) => d.kind !== 'videoinput');
"""
WITHOUT_DEVICES = """
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
"""
WITHOUT_SHARING = "delete MediaDevices.prototype.getDisplayMedia;"
LIVE_TRACKS = """() => (document.querySelector('[data-room=preview]').srcObject?.getTracks() ?? [])
    .filter((track) => track.readyState === 'live').length"""


@pytest.fixture
def open_page(stack: Stack, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page of a browser profile of its own, with these scripts, signed in or not."""
    contexts: list[BrowserContext] = []

    def opened(*scripts: str, user: User | None = None, browser: Browser = chromium, allows: bool = True) -> Page:
        # A permission that is not in the list is refused.
        permissions = ["camera", "microphone"] if allows else ["clipboard-read"]
        context = browser.new_context(
            locale="fr-FR", permissions=permissions, base_url=stack.url, reduced_motion="reduce"
        )
        for script in scripts:
            context.add_init_script(script)
        if user:
            context.add_cookies([session_cookie(user, stack.url)])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def asks_for_real(chromium: Browser) -> Iterator[Browser]:
    """A browser that does not answer its own question about camera and microphone."""
    arguments = ["--headless=new", *(flag for flag in FLAGS if flag != "--use-fake-ui-for-media-stream")]
    browser = chromium.browser_type.launch(
        executable_path=PROGRAM, args=arguments, ignore_default_args=["--headless=old"]
    )
    yield browser
    browser.close()


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


def address(room: Room) -> str:
    return reverse("sessions_video:room", args=[room.video_session.booking.reference])


def finds(seat: Seat, check: str, state: str, words: str = "") -> None:
    expect(seat.page.locator(seat.part(f"{check}-state"))).to_have_text(state)
    if words:
        expect(seat.page.locator(seat.part(f"{check}-detail"))).to_contain_text(words)


def press(seat: Seat, name: str) -> None:
    """By keyboard."""
    seat.page.locator(seat.part(name)).focus()
    seat.page.keyboard.press("Enter")


def judge(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    faults = []
    for scheme, width in (("light", 1280), ("dark", 390), ("light", 320)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        faults += [f"{scheme} {fault}" for fault in page.evaluate(RUN_AXE, [AXE_CONTEXT, AXE_OPTIONS])]
        faults += [f"{width} px: {element}" for element in page.evaluate(SPILLS)]
    return faults


# --- the test page --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SK-78", "SK-79", "SK-80", "SK-83")
@pytest.mark.usefixtures("relay")
def test_a_visitor_checks_everything_by_keyboard(open_page: Callable[..., Page]) -> None:
    seat = Seat(open_page(COUNT_OPENINGS), "/salle/test/")
    finds(seat, "browser", "Réussi")
    finds(seat, "sharing", "Réussi", "peut partager son écran")
    assert seat.page.evaluate("window.openings") == [], "nothing opens without a click"

    press(seat, "allow")
    finds(seat, "permission", "Réussi")
    finds(seat, "camera", "Réussi")
    finds(seat, "microphone", "Réussi", "Nous vous entendons.")
    expect(seat.page.locator(seat.part("camera-choice"))).to_be_focused()
    press(seat, "record")
    finds(seat, "recording", "Réussi", "Écoutez-vous")
    assert seat.page.locator(seat.part("recording")).evaluate("sound => sound.src").startswith("blob:")
    press(seat, "sound-test")
    press(seat, "sound-unheard")
    finds(seat, "speaker", "Échoué", "Montez le volume")
    seat.says("verdict", re.compile("^À corriger.*Casque"))
    press(seat, "sound-test")
    press(seat, "sound-heard")
    press(seat, "network-test")
    finds(seat, "server", "Réussi", "Aller-retour")
    finds(seat, "relay", "Réussi", "Le relais répond en")
    seat.says("verdict", "Tout est prêt pour une session.")

    assert judge(seat.page) == []
    assert seat.page.evaluate(LIVE_TRACKS) == 2
    press(seat, "stop")
    finds(seat, "permission", "À faire")
    assert seat.page.evaluate(LIVE_TRACKS) == 0
    assert seat.errors == []


def servers(*urls: str, credential: str = "bad") -> dict[str, Any]:
    return {"iceServers": [{"urls": url, "username": "9999999999:test", "credential": credential} for url in urls]}


@pytest.mark.usefixtures("relay")
def test_each_fault_of_the_network_has_its_words(open_page: Callable[..., Page]) -> None:
    page = open_page()
    answers: dict[str, Any] = {}
    page.route("**/salle/test/ice/", lambda route: answer(route, answers))
    seat = Seat(page, "/salle/test/")

    def tries(body: dict[str, Any], state: str, words: str, status: int = 200) -> None:
        answers.update(status=status, json=body)
        seat.click("network-test")
        finds(seat, "relay", state, words)
        expect(page.locator(seat.part("network-test"))).not_to_have_attribute("aria-busy", "true")

    tries({"iceServers": []}, "À savoir", "Aucun relais n’est prévu ici")
    tries(servers("turn:127.0.0.1:9?transport=tcp"), "Échoué", "Votre réseau bloque le relais")
    tries(servers(relay_address(page)), "Échoué", "c’est de notre côté")
    tries({"error": "Réessayez dans 10 minutes."}, "Échoué", "Réessayez dans 10 minutes.", status=429)
    page.route_web_socket("**/ws/salle/test/", shut)
    tries({"iceServers": []}, "À savoir", "Aucun relais")
    finds(seat, "server", "Échoué", "Votre réseau bloque les liaisons en direct")
    seat.says("verdict", re.compile("^À corriger.*Liaison avec Skilmi"))
    assert judge(page) == []


def answer(route: Route, answers: dict[str, Any]) -> None:
    if answers:
        route.fulfill(**answers)
    else:
        route.continue_()


def shut(socket: WebSocketRoute) -> None:
    socket.close()


def relay_address(page: Page) -> str:
    """Of the relay that really runs, asked past the answers played above."""
    token = page.evaluate("JSON.parse(document.getElementById('check-config').textContent).csrf")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    real = page.context.request.post("/salle/test/ice/", headers=headers).json()
    return str(real["iceServers"][-1]["urls"][0])


# --- the lobby ------------------------------------------------------------------------------------------------------


def comes_with_everything(open_page: Callable[..., Page], room: Room) -> Seat:
    mentor = Seat(open_page(user=room.mentor), address(room))
    mentor.allow_devices()
    return mentor


@pytest.mark.requirement("SK-80", "SK-84")
def test_a_refusal_is_explained_and_one_may_come_with_nothing(
    open_page: Callable[..., Page], asks_for_real: Browser, room: Room
) -> None:
    learner = Seat(open_page(user=room.learner, browser=asks_for_real, allows=False), address(room))
    finds(learner, "permission", "Échoué")
    learner.says("device-error-title", "Le navigateur bloque la caméra ou le micro.")
    learner.says("device-error-steps", re.compile("icône à gauche de l’adresse"))
    expect(learner.page.locator(learner.part("enter-alone"))).to_be_hidden()
    expect(learner.page.locator(learner.part("connect"))).to_be_disabled()

    mentor = comes_with_everything(open_page, room)
    learner.connect()
    dialog = learner.page.locator(learner.part("alone-dialog"))
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("ne vous verra pas et ne vous entendra pas")
    assert judge(learner.page) == []
    learner.page.set_viewport_size({"width": 1280, "height": 900})
    dialog.get_by_role("button", name="Rester ici").click()
    assert room.open_leases() == 0
    learner.click("enter-alone")
    dialog.get_by_role("button", name="Entrer sans caméra ni micro").click()
    expect(learner.page.locator(learner.part("dock"))).to_be_visible()
    mentor.connect()
    mentor.says("meter-state", "Temps gratuit en cours")


@pytest.mark.requirement("SK-78", "SK-92", "SK-91")
def test_without_camera_and_without_sharing_one_comes_with_the_sound(
    open_page: Callable[..., Page], room: Room
) -> None:
    learner = Seat(open_page(WITHOUT_CAMERA, WITHOUT_SHARING, user=room.learner), address(room))
    finds(learner, "sharing", "À savoir", "Utilisez un ordinateur avec Chrome ou Firefox.")
    learner.click("allow")
    learner.says("device-state", "Votre micro fonctionne.")
    finds(learner, "camera", "À savoir", "Aucune caméra n’a été trouvée.")
    finds(learner, "microphone", "Réussi")

    mentor = comes_with_everything(open_page, room)
    for seat in (mentor, learner):
        seat.connect()
    mentor.says("meter-state", "Temps gratuit en cours")
    share = learner.page.locator(learner.part("share"))
    expect(share).to_have_attribute("aria-disabled", "true")
    share.click(force=True)
    learner.notes(re.compile("Le partage d’écran n’est pas disponible sur cet appareil"))
    expect(mentor.page.locator(mentor.part("share"))).not_to_have_attribute("aria-disabled", "true")


def test_without_microphone_it_is_said(open_page: Callable[..., Page], stack: Stack) -> None:
    seat = Seat(open_page(WITHOUT_DEVICES), "/salle/test/")
    seat.click("allow")
    finds(seat, "permission", "Échoué")
    seat.says("device-error-title", "Aucun micro n’a été trouvé.")
    expect(seat.page.locator(seat.part("allow"))).to_be_visible()


def test_the_microphone_alone_is_enough(open_page: Callable[..., Page], stack: Stack) -> None:
    seat = Seat(open_page(COUNT_OPENINGS), "/salle/test/")
    seat.click("allow-microphone")
    seat.says("device-state", "Votre micro fonctionne.")
    finds(seat, "camera", "À savoir", "Vous venez avec le son seulement.")
    assert seat.page.evaluate("window.openings") == ["audio", "sound"]
    seat.click("camera-add")
    finds(seat, "camera", "Réussi")
    assert seat.page.evaluate(LIVE_TRACKS) == 2


def test_this_device_passes_the_check_the_next_time(open_page: Callable[..., Page], room: Room) -> None:
    page = open_page(COUNT_OPENINGS, user=room.learner)
    learner = Seat(page, address(room))
    page.locator(learner.part("skip")).check()
    page.reload()
    expect(page.locator(learner.part("skip"))).to_be_checked()
    expect(page.locator(learner.part("skipped"))).to_be_visible()
    expect(page.locator(learner.part("allow"))).to_be_hidden()
    expect(page.get_by_text("Le temps passé ici n’est jamais compté.")).to_be_visible()

    mentor = comes_with_everything(open_page, room)
    expect(page.locator(learner.part("connect"))).to_be_enabled()
    assert page.evaluate("window.openings") == [], "even then, only a click opens the devices"
    learner.connect()
    mentor.connect()
    mentor.says("meter-state", "Temps gratuit en cours")
    assert page.evaluate("window.openings[0]") == "audio,video"


def test_a_browser_that_remembers_nothing_still_lets_one_in(open_page: Callable[..., Page], room: Room) -> None:
    forgets = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    learner = Seat(open_page(forgets, user=room.learner), address(room))
    learner.page.locator(learner.part("skip")).check()
    learner.allow_devices()
    assert learner.errors == []
