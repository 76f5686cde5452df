"""Without a mouse, and without any script: the ways to a session stay open."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from core import clock
from tests.browser.people import Person, arrive
from tests.browser.stack import Stack
from tests.sessions_video.conftest import Room, at_local_hour, build_room

pytestmark = pytest.mark.browser

PASSWORD = "sesame-ouvre-toi"
# Where the focus is: what a screen reader calls it, and whether eyes can follow it.
FOCUS = """() => {
    const element = document.activeElement;
    const name = element.getAttribute('aria-label') || element.labels?.[0]?.innerText || element.innerText || '';
    const box = element.getBoundingClientRect();
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, innerHeight) / 2);
    const outlined = (part) => part && (({ outlineStyle, outlineWidth }) =>
      outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2)(getComputedStyle(part));
    const label = element.closest('label');
    // The browser draws the focus on a part of these that no script sees.
    const hasParts = ['date', 'time'].includes(element.type);
    return {
      name: name.replace(/\\s+/g, ' ').trim(),
      tag: element.tagName,
      outlined: Boolean(hasParts || outlined(element) || outlined(label) || outlined(element.closest('.search'))),
      covered: !middle || !(element.contains(middle) || middle.contains(element) || label?.contains(middle)),
    };
}"""
MOST_STOPS = 60


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


class Keyboard:
    """Somebody who only has keys. Each stop of the focus must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, name: str, *, tag: str | None = None, back: bool = False) -> None:
        for _ in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            focus = self.page.evaluate(FOCUS)
            assert focus["tag"] != "BODY", f"the focus was lost on the way to {name}"
            assert focus["outlined"], f"nothing shows the focus on {focus}"
            assert not focus["covered"], f"something covers {focus}"
            if name in focus["name"] and tag in (None, focus["tag"]):
                return
        raise AssertionError(f"no stop is called {name}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def skip_to_content(self) -> None:
        self.tab_to("Aller au contenu")
        expect(self.page.get_by_role("link", name="Aller au contenu")).to_be_in_viewport()
        self.press("Enter")
        expect(self.page.locator("main")).to_be_focused()


@pytest.mark.requirement("SK-6", "SK-59")
def test_a_session_is_asked_for_and_its_room_entered_with_keys_alone(
    stack: Stack, room: Room, sign_in: Callable[[User], Page]
) -> None:
    page = sign_in(room.learner)
    keys = Keyboard(page)
    page.goto(stack.url)

    keys.skip_to_content()
    keys.tab_to("", tag="INPUT")
    keys.type("tableaux")
    keys.press("Enter")
    page.wait_for_url("**/communaute/**")
    keys.skip_to_content()
    keys.tab_to(room.mentor.get_full_name(), tag="A")
    keys.press("Enter")
    page.wait_for_url("**/membres/**")
    keys.tab_to("1 h", tag="INPUT")
    keys.press("ArrowLeft")
    expect(page.locator("[name=duree]:checked")).to_have_value("30")
    keys.tab_to("Demander une session", tag="BUTTON")
    keys.press("Enter")
    page.wait_for_url("**/reservations/nouvelle/**")
    fill_the_request(keys)
    page.wait_for_url(re.compile(r"/(messagerie|reservations)/(?!nouvelle)[0-9a-z]{8,}/"))

    page.goto(f"{stack.url}/mes-sessions-video/")
    keys.skip_to_content()
    keys.tab_to("Entrer dans la salle")
    keys.press("Enter")
    page.wait_for_url("**/salle/**")
    # One connects once both are there (SK-84).
    sign_in(room.mentor).goto(page.url)
    enter_the_room(keys)


def fill_the_request(keys: Keyboard) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    keys.tab_to("", tag="TEXTAREA")
    keys.type("Lire un bilan ensemble.")
    keys.tab_to("Date", tag="INPUT")
    # The browser itself speaks English, whatever the page speaks.
    keys.type(tomorrow.strftime("%m%d%Y"))
    expect(keys.page.locator("[name=day]")).to_have_value(tomorrow.strftime("%Y-%m-%d"))
    keys.tab_to("Heure", tag="INPUT")
    keys.type("0300PM")
    expect(keys.page.locator("[name=at]")).to_have_value("15:00")
    keys.tab_to("Envoyer la demande", tag="BUTTON")
    keys.press("Enter")


def enter_the_room(keys: Keyboard) -> None:
    keys.tab_to("Tester ma caméra et mon micro")
    keys.press("Enter")
    expect(keys.page.locator("[data-room=device-state]")).to_have_text("Votre caméra et votre micro fonctionnent.")
    expect(keys.page.locator("[data-room=connect]")).to_be_enabled()
    assert keys.page.evaluate(FOCUS)["tag"] != "BODY", "the focus was on a button that went away"
    keys.tab_to("Se connecter", tag="BUTTON", back=True)
    keys.press("Enter")
    expect(keys.page.locator("[data-room=dock]")).to_be_visible()


def test_a_session_is_negotiated_and_paid_without_any_script(stack: Stack, room: Room, chromium: Browser) -> None:
    learner, mentor = (without_script(chromium, stack, user) for user in (room.learner, room.mentor))
    learner.go(f"/reservations/nouvelle/?mentor={room.mentor.page.slug}")
    tomorrow = clock.now() + timedelta(days=1)
    learner.fill(objectives="Lire un bilan ensemble.", day=tomorrow.strftime("%Y-%m-%d"), at="15:00")
    learner.press("Envoyer la demande")
    learner.sees("Votre demande de session")

    mentor.go("/messagerie/")
    mentor.press(room.learner.get_full_name())
    mentor.press("Proposer autre chose")
    mentor.fill(at="16:00")
    mentor.press("Envoyer ma proposition")
    mentor.sees("Vous proposez une modification")
    learner.go("/messagerie/")
    learner.press(room.mentor.get_full_name())
    learner.press("Accepter cette version")
    learner.press("Payer")
    expect(learner.page).to_have_url(re.compile("/paiement/$"))
    learner.sees("Payer la session")
    early_start = learner.page.locator("main [name=early_start]")
    if early_start.count():
        early_start.check()
    learner.press("Payer 47,00")
    expect(learner.page).to_have_url(re.compile(f":{stack.plan.sandbox_port}/"))
    assert learner.errors == mentor.errors == []


def without_script(browser: Browser, stack: Stack, user: User) -> Person:
    # A browser takes no accent in an address.
    user.email = f"member{user.pk}@example.org"
    user.save(update_fields=["email"])
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    person = arrive(browser, stack.url, user.get_full_name(), user.email, java_script_enabled=False)
    person.go("/connexion/")
    person.fill(login=user.email, password=PASSWORD)
    person.press("Se connecter")
    expect(person.page).to_have_url(f"{stack.url}/compte/")
    return person
