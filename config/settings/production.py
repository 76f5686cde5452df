"""Real servers. Everything secret or local comes from the environment; `check --deploy` refuses what is unsafe."""

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import STORAGES

SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
BASE_URL = env.text("BASE_URL")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET")
STRIPE_WEBHOOK_SECRET_V2 = env.text("STRIPE_WEBHOOK_SECRET_V2")

STORAGES["staticfiles"] = {"BACKEND": "core.statics.OneSheetStorage"}

TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
