"""One person in front of the room's page, in the words of its parts."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.chromium import FRAMES, PATIENCE_MS, until
from tests.browser.stack import Stack
from tests.sessions_video.conftest import Room


class Seat:
    """A page of the room and what was thrown in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)

    def _listen(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if getattr(message, "type", "") == "error" and "WebSocket" not in text:
            self.errors.append(text)

    def part(self, name: str) -> str:
        return f'[data-room="{name}"]'

    def allow_devices(self) -> None:
        self.page.click(self.part("allow"))
        expect(self.page.locator(self.part("device-state"))).to_have_text("Votre caméra et votre micro fonctionnent.")

    def connect(self) -> None:
        expect(self.page.locator(self.part("connect"))).to_be_enabled()
        self.page.click(self.part("connect"))

    def connections(self) -> int:
        """How many were made since the page was opened: one, unless the first found no way."""
        return int(self.page.evaluate("window.calls.length"))

    def frames(self) -> int:
        return int(self.page.evaluate(FRAMES))

    def sees_the_other(self) -> None:
        """Images arrive and are decoded: more of them than a moment ago."""
        before = self.frames()
        until(self.page, lambda: self.frames() > before + 5, "no image comes")

    def sees_the_screen(self) -> None:
        screen = self.page.locator(self.part("screen"))
        until(self.page, lambda: screen.evaluate("video => video.videoWidth"), "no screen came")

    def open_more(self, name: str) -> None:
        """A button of the menu « Plus »."""
        self.page.click(f"{self.part('more')} > summary")
        self.click(name)

    def says(self, name: str, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(self.part(name))).to_have_text(words)

    def hears(self, words: str | re.Pattern[str], *, urgent: bool = False) -> None:
        """A line for screen readers, said politely or urgently."""
        self._finds_line("assertive" if urgent else "polite", words)

    def notes(self, words: str | re.Pattern[str]) -> None:
        """A line over the image."""
        self._finds_line("notes", words)

    def _finds_line(self, name: str, words: str | re.Pattern[str]) -> None:
        lines = self.page.locator(self.part(name)).locator("p")
        expect(lines.filter(has_text=words).first).to_be_attached()

    def click(self, name: str) -> None:
        self.page.click(self.part(name))


def take_seats(stack: Stack, sign_in: Callable[[User], Page], room: Room) -> tuple[Seat, Seat]:
    """Mentor and learner, each with the room open in a browser profile of his own."""
    address = stack.url + reverse("sessions_video:room", args=[room.video_session.booking.reference])
    return Seat(sign_in(room.mentor), address), Seat(sign_in(room.learner), address)


def meet(*seats: Seat) -> None:
    """Everybody comes in, and images pass."""
    for seat in seats:
        seat.allow_devices()
    for seat in seats:
        seat.connect()
    for seat in seats:
        seat.sees_the_other()
