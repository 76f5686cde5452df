"""Real servers' own settings, and one more address: the floor's."""

from config.settings.production import *  # noqa: F403

ROOT_URLCONF = "benchmarks.pages_urls"
