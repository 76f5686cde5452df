"""Two people in one real call go on beyond the planned time, or do not: what each sees, presses, hears and pays."""

import re
import time
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from accounts.models import User
from billing.models import Settlement
from core import clock
from core.money import price_cents
from sessions_video.models import Extension, VideoSession
from sessions_video.states import Phase
from tests.billing.money import credit_left, pay_in
from tests.browser.chromium import PATIENCE_MS, until
from tests.browser.seats import Seat, meet, take_seats
from tests.browser.stack import Stack
from tests.browser.test_pages import AXE_OPTIONS, RUN_AXE, SPILLS
from tests.browser.test_room import wait_for_the_end
from tests.databases import in_threads
from tests.sessions_video.conftest import Room, at_local_hour, build_room
from tests.sessions_video.longer import come_near_the_end

pytestmark = pytest.mark.browser

PLANNED_SECONDS, TEN_CENTS = 15 * 60, 783
SIZES = [(1280, 800), (390, 844)]


@pytest.fixture
def room(stack: Stack) -> Room:
    """Twenty seconds of the planned time are left; nobody is in."""
    # Away from the event loop that the browser keeps in this thread.
    found = in_threads(live_through_it)[0]
    assert isinstance(found, Room), found
    return found


def live_through_it() -> Room:
    at_local_hour(9)
    room = come_near_the_end(build_room(minutes=15), left=20)
    for person in (room.learner, room.mentor):
        room.leave(person)
    return room


@pytest.fixture
def seats(stack: Stack, sign_in: Callable[[User], Page], room: Room) -> tuple[Seat, Seat]:
    mentor, learner = take_seats(stack, sign_in, room)
    meet(mentor, learner)
    return mentor, learner


def choose(learner: Seat, minutes: str) -> None:
    """Ask for so much more, with the keyboard alone."""
    learner.page.locator(learner.part("extension-open")).press("Enter")
    expect(learner.page.locator(learner.part("extension-dialog"))).to_be_visible()
    row = learner.page.locator("label", has_text=minutes)
    row.locator("input").focus()
    learner.page.keyboard.press("Space")
    learner.page.locator(learner.part("extension-send")).press("Enter")


def is_usable(seat: Seat) -> None:
    """At both widths and in both themes: axe finds nothing and nothing spills over."""
    for width, height in SIZES:
        seat.page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            seat.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            seat.page.evaluate(AXE_SCRIPT)
            assert seat.page.evaluate(RUN_AXE, ["main", AXE_OPTIONS]) == []
            nothing_spills(seat.page)


def nothing_spills(page: Page) -> None:
    """Once the controls have found their places at the new width."""
    until(page, lambda: not page.evaluate(SPILLS), "something spills over")


@pytest.mark.requirement("SK-48", "SK-93", "SK-94", "SK-95", "K-4")
def test_ten_minutes_more_paid_in_another_tab_and_billed_with_the_rest(seats: tuple[Seat, Seat], room: Room) -> None:
    mentor, learner = seats
    choose(learner, "10 minutes")
    link = learner.page.locator(learner.part("extension-pay"))
    expect(link).to_have_text("Payer 7,83\u00a0€")
    expect(mentor.page.locator(mentor.part("extension"))).to_be_hidden()
    with learner.page.expect_popup() as opened:
        link.click()
    bank = opened.value
    bank.locator("[name=number]").fill("4242 4242 4242 4242")
    bank.get_by_role("button", name="Payer").click()
    expect(bank.locator("main")).to_contain_text("Paiement reçu")
    bank.close()

    mentor.says("extension-words", "Karim demande 10 minutes de plus, pour 7,83\u00a0€.")
    mentor.hears("Karim demande 10 minutes de plus, pour 7,83\u00a0€.")
    learner.hears("Vous avez demandé 10 minutes de plus, pour 7,83\u00a0€. Inès doit répondre.")
    is_usable(mentor)
    assert credit_left(room.learner) == TEN_CENTS
    mentor.page.locator(mentor.part("extension-accept")).press("Enter")
    for seat in (mentor, learner):
        seat.hears("Prolongation acceptée\u202f: 10 minutes de plus, le décompte continue.")
        seat.says("meter-state", "Décompte en cours")
        expect(seat.page.locator(seat.part("extension"))).to_be_hidden()
        # A sign of life that came late, here, costs up to five seconds of the bill.
        expect(seat.page.locator(seat.part("paid"))).to_have_text(re.compile(r"^15:(0[89]|[1-5]\d)$"))

    learner.click("end")
    learner.page.click('[data-room="end-dialog"] button[value="yes"]')
    mentor.page.click('[data-room="confirm-dialog"] button[value="yes"]')
    for seat in (mentor, learner):
        seat.says("final-title", "La session est terminée.")
    row = wait_for_the_end(room)
    assert row.handed_over_at is not None
    assert PLANNED_SECONDS < row.billed_seconds <= PLANNED_SECONDS + 120
    charged = Settlement.objects.get().charged_cents
    assert charged == price_cents(row.rate_cents, row.billed_seconds)
    learner.page.click(learner.part("final-proof"))
    assert learner.page.locator('[data-figure="amount"]').inner_text() == f"{charged // 100},{charged % 100:02d}\u00a0€"
    expect(learner.page.locator("main")).to_contain_text("Prolongations")
    assert mentor.errors == learner.errors == []


def wait_for_the_limit(room: Room) -> VideoSession:
    """The server closes the interval once it heard of both pages after its end."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (row := room.fresh()).phase != Phase.LIMIT_REACHED and time.monotonic() < deadline:
        time.sleep(0.2)
    return row


@pytest.mark.requirement("SK-93", "SK-94", "K-4")
def test_a_mentor_who_says_no_ends_at_the_planned_time(seats: tuple[Seat, Seat], room: Room) -> None:
    mentor, learner = seats
    pay_in(room.learner, 1000, at=clock.now())
    learner.click("extension-open")
    learner.says("extension-note", re.compile("Il vous reste 10,00\u00a0€.*12 minutes au plus"))
    expect(learner.page.locator(learner.part("extension-choices")).locator("label")).to_have_count(6)
    is_usable(learner)
    learner.page.keyboard.press("Escape")
    choose(learner, "12 minutes")
    mentor.says("extension-words", "Karim demande 12 minutes de plus, pour 9,40\u00a0€.")
    is_usable(learner)
    mentor.click("extension-refuse")
    mentor.hears("Vous avez refusé la prolongation. Rien ne change.")
    learner.hears("Inès n’a pas accepté la prolongation. Votre crédit n’est pas débité.")
    expect(learner.page.locator(learner.part("extension-open"))).to_be_visible()
    for seat in (mentor, learner):
        expect(seat.page.locator(seat.part("meter-state"))).to_have_text(
            re.compile(r"^Temps prévu écoulé\u202f: le décompte est arrêté")
        )
    row = wait_for_the_limit(room)
    assert (row.limit_ms // 1000, row.billed_seconds, credit_left(room.learner)) == (PLANNED_SECONDS, 900, 1000)
    assert Extension.objects.get().status == "refused"
    assert mentor.errors == learner.errors == []
