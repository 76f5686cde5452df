"""How the tests start Chromium, how long they wait in it, and what they read in a page's call."""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, Playwright, expect

# For what should be seen soon: on a machine that does much else, only a test that fails waits so long.
PATIENCE_MS = 60_000
POLL_MS = 100

PROGRAM = "/usr/bin/chromium"
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


def launch(playwright: Playwright) -> Browser:
    expect.set_options(timeout=PATIENCE_MS)
    # The new headless mode: the old one has no screen to share.
    return playwright.chromium.launch(
        executable_path=PROGRAM, args=["--headless=new", *FLAGS], ignore_default_args=["--headless=old"]
    )


def until(page: Page, happens: Callable[[], object], otherwise: str) -> None:
    """Asked again and again from here, while the page lives on: its security policy allows no string of code."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not happens():
        assert time.monotonic() < deadline, otherwise
        page.wait_for_timeout(POLL_MS)
