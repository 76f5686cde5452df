"""A real server on a database of its own, and real Chromium pages."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import User
from tests.browser.stack import Stack
from tests.databases import cloned_database

__all__ = ["cloned_database"]

# Playwright's synchronous interface keeps an event loop running in this process.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
# Lets a test read what the browser itself counts of a call.
WATCH_CALLS = """
    window.calls = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...options) { super(...options); window.calls.push(this); }
    };
"""
FRAMES = """async () => {
    const call = window.calls.at(-1);
    if (!call || call.connectionState !== 'connected') return 0;
    const report = [...(await call.getStats()).values()];
    return Math.max(0, ...report.filter((e) => e.type === 'inbound-rtp' && e.kind === 'video')
      .map((e) => e.framesDecoded ?? 0));
}"""


class Site:
    """The two processes a room needs: the web server and the sweeper."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sweeper = next(part for part in stack.plan.background() if part.name == "room-sweeper")

    @property
    def address(self) -> str:
        return self.stack.url

    def start(self) -> None:
        self.stack.plan.logs.mkdir(parents=True)
        self.stack.launch(self.sweeper)
        self.start_web()

    def start_web(self) -> None:
        self.stack.launch(self.stack.plan.web())
        self.stack.wait_until_ready()

    def kill_web(self) -> None:
        """As a power cut does: no goodbye to anybody."""
        self.stack.kill("web")


@pytest.fixture
def site(cloned_database: str, tmp_path: Path) -> Iterator[Site]:
    running = Site(Stack(tmp_path, cloned_database))
    try:
        running.start()
        yield running
    finally:
        running.stack.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # The new headless mode: the old one has no screen to share.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless=new", *FLAGS], ignore_default_args=["--headless=old"]
        )
        yield browser
        browser.close()


@pytest.fixture
def sign_in(site: Site, chromium: Browser) -> Iterator[Callable[[User], Page]]:
    """A page of its own browser profile, signed in as this member."""
    contexts: list[BrowserContext] = []

    def open_as(user: User) -> Page:
        client = Client()
        client.force_login(user)
        context = chromium.new_context(permissions=["camera", "microphone"], locale="fr-FR")
        context.add_init_script(WATCH_CALLS)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.address}])
        contexts.append(context)
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()
