"""How the tests start Chromium, and what they read in a page's call."""

from playwright.sync_api import Browser, Playwright

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
    # The new headless mode: the old one has no screen to share.
    return playwright.chromium.launch(
        executable_path=PROGRAM, args=["--headless=new", *FLAGS], ignore_default_args=["--headless=old"]
    )
