"""One person in front of the room's page, in the words of its parts."""

import re
import time

from playwright.sync_api import Page, expect

from tests.browser.chromium import FRAMES

PATIENCE_MS = 20_000


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
        expect(self.page.locator(self.part("connect"))).to_be_enabled(timeout=PATIENCE_MS)
        self.page.click(self.part("connect"))

    def frames(self) -> int:
        return int(self.page.evaluate(FRAMES))

    def sees_the_other(self) -> float:
        """Seconds until images are decoded."""
        started = time.monotonic()
        while not self.frames() > 5:
            assert time.monotonic() - started < 30, self.page.evaluate("window.calls.map((c) => c.connectionState)")
            self.page.wait_for_timeout(100)
        return time.monotonic() - started

    def sees_the_screen(self) -> None:
        """Asked again and again from here: the page's security policy allows no polling by a string of code."""
        screen = self.page.locator(self.part("screen"))
        for _ in range(100):
            if screen.evaluate("video => video.videoWidth"):
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("no screen came")

    def open_more(self, name: str) -> None:
        """A button of the menu « Plus »."""
        self.page.click(f"{self.part('more')} > summary")
        self.click(name)

    def says(self, name: str, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(self.part(name))).to_have_text(words, timeout=PATIENCE_MS)

    def click(self, name: str) -> None:
        self.page.click(self.part(name))
