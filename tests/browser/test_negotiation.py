"""A deal made with the least: without any script, and without a mouse."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.models import Booking, JointProposal
from bookings.states import Status
from core import clock
from core.clock import ShiftedClock, get_clock
from tests import people
from tests.browser.chromium import until
from tests.browser.people import Person, arrive, session_cookie
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

MOST_STEPS = 120


@pytest.fixture
def pair(stack: Stack) -> tuple[User, User]:
    """Karim, who learns, and Claire, who can be booked."""
    mentor = people.mentor("Claire", "Roux")
    people.skill_of(mentor)
    return people.member("Karim", "Benali"), mentor


def without_script(browser: Browser, stack: Stack, user: User) -> Person:
    person = arrive(browser, stack.url, user.get_full_name(), user.email, java_script_enabled=False)
    person.page.context.add_cookies([session_cookie(user, stack.url)])
    return person


def thread_with(person: Person, other: User) -> None:
    person.go("/messagerie/")
    person.press(other.get_full_name())


@pytest.mark.requirement("SK-58", "SK-59", "SK-60", "SK-61", "SK-62", "SK-63", "SK-72", "SK-73", "K-1", "K-14")
def test_without_script_the_whole_negotiation_works(stack: Stack, pair: tuple[User, User], chromium: Browser) -> None:
    karim, claire = pair
    learner, mentor = (without_script(chromium, stack, user) for user in pair)
    ask(learner, claire)
    change(mentor, karim)
    agree_and_pay(learner, claire)
    move_the_hour(learner, mentor, pair)
    give_up_together(learner, mentor, pair)
    propose_the_next(learner, mentor, pair)
    assert learner.errors == mentor.errors == []


def ask(learner: Person, claire: User) -> None:
    """A date in the past first: it is said, and what was typed stays."""
    learner.go(f"/reservations/nouvelle/?mentor={claire.page.slug}")
    learner.page.locator("[name=offer]").select_option(label="Lecture de tableaux")
    learner.fill(objectives="Lire un bilan ensemble.", day="2020-01-01", at="15:00")
    learner.press("Envoyer la demande")
    if "Choisissez une date" not in learner.page.locator("body").inner_text():
        # The browser itself knows the first day that can be chosen.
        assert learner.page.locator("[name=day]").evaluate("field => !field.validity.valid")
    expect(learner.page.locator("[name=objectives]")).to_have_value("Lire un bilan ensemble.")
    learner.fill(day=f"{clock.now() + timedelta(days=2):%Y-%m-%d}")
    learner.press("Envoyer la demande")
    learner.sees("Votre demande de session")


def change(mentor: Person, karim: User) -> None:
    thread_with(mentor, karim)
    mentor.press("Proposer autre chose")
    mentor.fill(at="16:00", note="Après mes cours.")
    mentor.press("Envoyer ma proposition")
    mentor.sees("Vous proposez une modification")


def agree_and_pay(learner: Person, claire: User) -> None:
    """Old and new stand side by side, in words."""
    thread_with(learner, claire)
    pairs = learner.page.locator(".diff__pair")
    expect(pairs.first).to_contain_text("Avant")
    expect(pairs.first).to_contain_text("15:00")
    expect(pairs.first).to_contain_text("Après")
    expect(pairs.first).to_contain_text("16:00")
    learner.press("Accepter cette version")
    learner.press("Payer")
    learner.page.locator("main [name=early_start]").check()
    learner.press("Payer 47,00")
    learner.page.locator("[name=number]").fill("4242 4242 4242 4242")
    learner.page.get_by_role("button", name="Payer").click()
    learner.page.wait_for_url(f"{learner.base}/reservations/**")
    learner.sees("confirmée")


def move_the_hour(learner: Person, mentor: Person, pair: tuple[User, User]) -> None:
    """Another hour of the same day; another date is said to be a new request."""
    karim, claire = pair
    learner.press("Proposer une autre heure")
    learner.sees("annulez cette session, puis faites une nouvelle demande")
    learner.fill(at="18:00", note="Mon train arrive tard.")
    learner.press("Proposer cette heure")
    learner.sees("Vous proposez une autre heure")
    thread_with(mentor, karim)
    mentor.sees("au lieu de 16:00 prévue")
    mentor.press("Accepter cette heure")
    mentor.sees("Vous avez accepté l’autre heure.")
    for person, other in ((learner, claire), (mentor, karim)):
        person.go("/mes-sessions-video/")
        person.sees(f"Avec {other.get_full_name()}, 18:00")
        person.sees("heure convenue, au lieu de 16:00")
    booking = Booking.objects.get()
    assert booking.agreed_time == booking.starts_at + timedelta(hours=2)


def give_up_together(learner: Person, mentor: Person, pair: tuple[User, User]) -> None:
    """The planned hour has passed: one alone cannot cancel any more, whatever hour was agreed."""
    booking = Booking.objects.get()
    shifted = get_clock()
    assert isinstance(shifted, ShiftedClock)
    shifted.advance(booking.starts_at + timedelta(minutes=5) - clock.now())
    learner.go(f"/reservations/{booking.reference}/annulation/")
    learner.sees("l’annulation simple n’est plus possible")
    learner.sees(re.compile(r"47,00.€ vous seront rendus en crédit"))
    learner.press("Proposer d’annuler")
    learner.sees("Vous proposez d’annuler la session")
    thread_with(mentor, pair[0])
    mentor.press("Lire et répondre")
    mentor.sees(re.compile(r"47,00.€ seront rendus à Karim"))
    mentor.press("Annuler la session")
    mentor.sees("Session annulée d’un commun accord.")
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED
    assert JointProposal.objects.filter(status="accepted").count() == 2
    learner.go("/credit/")
    learner.sees(re.compile(r"47,00.€"))


def propose_the_next(learner: Person, mentor: Person, pair: tuple[User, User]) -> None:
    """The mentor fills in the next request, and the learner sends it."""
    thread_with(mentor, pair[0])
    mentor.press("Proposer une session")
    mentor.page.locator("[name=offer]").select_option(label="Lecture de tableaux")
    mentor.fill(
        objectives="Reprendre où nous en étions.", day=f"{clock.now() + timedelta(days=3):%Y-%m-%d}", at="10:00"
    )
    mentor.press("Envoyer la proposition")
    mentor.sees("Vous proposez une session")
    thread_with(learner, pair[1])
    learner.press("En faire une demande")
    learner.sees("elle ne part que si vous l’envoyez")
    expect(learner.page.locator("[name=objectives]")).to_have_value("Reprendre où nous en étions.")
    learner.press("Envoyer la demande")
    learner.sees("Votre demande de session")
    assert Booking.objects.filter(status=Status.REQUESTED).count() == 1


# --- by keyboard ---


class Keys:
    """A person who has no mouse: goes from one thing to the next and presses what has the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: str) -> None:
        """Press Tab until the thing matching this has the focus, and shows it."""
        for _step in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
                assert self.page.evaluate("() => document.activeElement.matches(':focus-visible')"), wanted
                return
        raise AssertionError(f"the keyboard never came to {wanted}")

    def type_parts(self, field: str, value: str, *ways: str) -> None:
        """Into a field of several parts, whose order is that of the browser's own language."""
        for way in ways:
            self.page.keyboard.type(way)
            if self.page.locator(field).input_value() == value:
                return
            for _part in range(3):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{field} never said {value}: {self.page.locator(field).input_value()}")

    def enter(self, landed: Callable[[str], bool]) -> None:
        self.page.keyboard.press("Enter")
        until(self.page, lambda: landed(self.page.url), f"Enter led nowhere: {self.page.url}")
        self.page.wait_for_load_state()


@pytest.mark.requirement("SK-5", "SK-6", "SK-59", "SK-64")
def test_a_session_is_found_and_asked_for_with_the_keyboard_alone(
    stack: Stack, pair: tuple[User, User], sign_in: Callable[[User], Page]
) -> None:
    karim, claire = pair
    page = sign_in(karim)
    page.goto(f"{stack.url}/")
    keys = Keys(page)
    keys.reach("main [type=search]")
    page.keyboard.type("tableaux")
    keys.enter(lambda url: "/communaute/" in url)
    keys.reach(f"main a[href^='{claire.page.get_absolute_url()}']")
    keys.enter(lambda url: claire.page.get_absolute_url() in url)
    keys.reach("main a[href*='/reservations/nouvelle/'], main form[action*='/reservations/nouvelle/'] button")
    keys.enter(lambda url: "/reservations/nouvelle/" in url)
    fill_by_keyboard(keys)
    keys.reach("main button[type=submit]")
    keys.enter(lambda url: "/messagerie/" in url)
    expect(page.locator("main")).to_contain_text("Votre demande de session")
    booking = Booking.objects.get()
    assert (booking.learner, booking.duration_minutes) == (karim, 90)
    local = booking.starts_at.astimezone(booking.zone)
    assert (local.hour, local.minute) == (14, 30)


def fill_by_keyboard(keys: Keys) -> None:
    keyboard = keys.page.keyboard
    keys.reach("[name=offer]")
    keyboard.type("Lecture")
    keys.reach("[name=duration]")
    # From one hour to the next choice, by the arrow.
    keyboard.press("ArrowRight")
    keys.reach("[name=objectives]")
    keyboard.type("Comparer trois saisons.")
    day = clock.now() + timedelta(days=7)
    keys.reach("[name=day]")
    keys.type_parts("[name=day]", f"{day:%Y-%m-%d}", f"{day:%d%m%Y}", f"{day:%m%d%Y}")
    keys.reach("[name=at]")
    keys.type_parts("[name=at]", "14:30", "1430", "0230PM")
