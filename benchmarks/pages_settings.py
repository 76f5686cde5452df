"""The demo's, as real servers serve: files are not looked for at each request; and one more address, the floor's."""

from config.settings.demo import *  # noqa: F403

ROOT_URLCONF = "benchmarks.pages_urls"
SERVESTATIC_USE_FINDERS = False
SERVESTATIC_AUTOREFRESH = False
# One visitor asks for more here than anybody by hand.
LIMITS |= {"searches": (1_000_000, 300)}  # noqa: F405
