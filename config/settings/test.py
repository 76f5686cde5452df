"""Settings of the test run: the same parts, a throw-away database, fast password hashing."""

from pathlib import Path
from tempfile import gettempdir

from config.settings.demo import *  # noqa: F403
from config.settings.demo import CHANNEL_LAYERS, DATABASES, DATA_DIR

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Each test process shifts its own time.
CLOCK_OFFSET_FILE = Path(env.text("CLOCK_OFFSET_FILE", str(DATA_DIR / "clock-offset")))  # noqa: F405
MEDIA_ROOT = Path(gettempdir()) / "skilmi-test-media"
DATABASES["default"]["OPTIONS"] = {}
ACCOUNT_RATE_LIMITS = False
