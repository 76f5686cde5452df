"""Settings of the test run: the same parts, a throw-away database, fast password hashing."""

from pathlib import Path

from config import env
from config.settings.demo import *  # noqa: F403
from config.settings.demo import CHANNEL_LAYERS, DATA_DIR, DATABASES, STORAGES

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Each test process shifts its own time.
CLOCK_OFFSET_FILE = Path(env.text("CLOCK_OFFSET_FILE", str(DATA_DIR / "clock-offset")))
MEDIA_ROOT = DATA_DIR / "media" / env.text("TEST_PROCESS", "main")
STORAGES["private"]["OPTIONS"] |= {"location": str(DATA_DIR / "private" / env.text("TEST_PROCESS", "main"))}
# Clones are dropped under open connections; the tests of restarts want the pool of real servers.
if not env.flag("DATABASE_POOLED", default=False):
    del DATABASES["default"]["OPTIONS"]["pool"]
ACCOUNT_RATE_LIMITS = False
# Pub/sub ignores Redis's numbered databases: the prefix keeps parallel test processes apart.
CHANNEL_LAYERS["default"]["CONFIG"] |= {"prefix": "skilmi-" + env.text("TEST_PROCESS", "main")}
# Stripe is played in the test's own process.
STRIPE_SANDBOX_URL = env.text("STRIPE_SANDBOX_URL", "http://stripe.test")
STRIPE_HTTP_CLIENT = env.text("STRIPE_HTTP_CLIENT", "tests.stripe.http_client")
