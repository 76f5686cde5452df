"""The demo on one machine: embedded services, a stand-in for Stripe, a clock that can be moved."""

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import CONTENT_SECURITY_POLICY, INSTALLED_APPS, LOGGING, STORAGES

DEMO = True
# Off as on real servers: a visitor meets the product's own error pages. DEBUG=1 shows tracebacks instead.
DEBUG = env.flag("DEBUG", default=False)
# Known to everybody: the demo holds invented data and listens on this machine only.
SECRET_KEY = "demo-only-secret-key-which-protects-nothing-of-value"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.words("ALLOWED_HOSTS")]
# The team enters with its password alone; 1 shows what real servers ask for.
TEAM_NEEDS_SECOND_FACTOR = env.flag("TEAM_NEEDS_SECOND_FACTOR", default=False)
INTERNAL_IPS: list[str] = []

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
CLOCK = "core.clock.ShiftedClock"
# Journals are read by people.
LOGGING["formatters"]["line"]["readable"] = env.text("LOG_FORMAT", "text") == "text"
# Sent e-mails stay rows, which /demo/ shows.
EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "sk_test_sandbox")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "whsec_sandbox")
STRIPE_WEBHOOK_SECRET_V2 = env.text("STRIPE_WEBHOOK_SECRET_V2", "whsec_sandbox_v2")
STRIPE_SANDBOX_URL = env.text("STRIPE_SANDBOX_URL", "http://localhost:8001")
if STRIPE_SANDBOX_URL:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_SANDBOX_URL)
# /demo/ shows the HTML of sent e-mails in a frame.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["frame-src"] = ["'self'"]

if env.flag("OPTIMIZED", default=False):
    STORAGES["staticfiles"] = {"BACKEND": "core.statics.OneSheetStorage"}
else:
    # Static files are read where they lie; nothing is collected.
    SERVESTATIC_USE_FINDERS = True
    SERVESTATIC_AUTOREFRESH = True
