"""Settings shared by every environment. Values that differ come from the environment."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env, storage

# Makes Django's generic classes subscriptable at run time, as their stubs are.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY", "")
# Former ones, while what they signed is still believed.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
BASE_URL = env.text("BASE_URL", "http://localhost:8000")

INSTALLED_APPS = [
    "config.apps.SkilmiAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "channels",
    "csp",
    "django_htmx",
    "servestatic",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "core",
    "accounts",
    "notifications",
    "billing",
    "messaging",
    "mentors",
    "catalog",
    "bookings",
    "sessions_video",
    "reviews",
    "cases",
    "support",
    "pages",
]

MIDDLEWARE = [
    "core.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "core.observation.middleware.ObservationMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.IsolationMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ViewAsMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SignedOutMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.ReadableAddressMiddleware",
    "core.middleware.PaceMiddleware",
    "accounts.asking_again.LegalMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
FORM_RENDERER = "core.forms.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context_processors.chrome",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.house",
                # After Django's: tags of both have the same name.
                "core.templatetags.kept",
                "core.templatetags.pieces",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database(env.text("DATABASE_URL", "postgres://postgres@/skilmi"))}
DATABASES["default"]["OPTIONS"] |= {
    "pool": {"min_size": 0, "max_size": env.number("DATABASE_POOL", 20)},
    # What a connection asks for the third time is planned once: planning cost PostgreSQL more than answering.
    "server_side_binding": True,
    "prepare_threshold": 3,
}
# A connection that died in the pool, as after a restart of PostgreSQL, is replaced before anybody gets it.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# Pages a web process answers at once. More than connections: some wait for Stripe, and hold none.
PAGE_THREADS = env.number("PAGE_THREADS", 40)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.caches.ValkeyCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "skilmi",
    }
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            # Each conversation and each room is told on one of them. redis-py's default socket timeout tears idle
            # subscriptions down every few seconds.
            "hosts": [{"address": url, "socket_timeout": None} for url in env.words("CHANNEL_URLS") or [REDIS_URL]],
            "prefix": "skilmi",
        },
    }
}

# --- Jobs: due rows are swept each minute, so a lost message only delays ----------------------------------------------

# Celery has its own words for a socket and for a numbered database behind it.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Of the timetable.
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "skilmi"
# It leaves signs of life (core.health), at least that often.
CELERY_BEAT_SCHEDULER = "config.celery:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 10
# Nobody waits for a broker that is down: the row is there and a sweep will find it.
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.MemberBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.NotAboutYou"},
    {"NAME": "accounts.passwords.NotCommon"},
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "pages.views.errors.csrf_failure"
LOGIN_REDIRECT_URL = "pages:account"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
# `ip` is a whole /64 for IPv6; `key` is the address of e-mail that was typed.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "60/5m/ip",
    "login_failed": "30/5m/ip,5/5m/key",
    "signup": "20/5m/ip",
    "reset_password": "20/5m/ip,3/5m/key",
    "reset_password_from_key": "20/5m/ip",
    "change_password": "10/5m/user",
    "manage_email": "10/5m/user",
    "reauthenticate": "10/5m/user",
}
# A link for a new password serves once, within the hour (K-24).
PASSWORD_RESET_TIMEOUT = 60 * 60
# A changed password, address or second factor is told to its owner.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Whoever works for the team proves twice who he is. Off in the demo, whose passwords are public anyway.
TEAM_NEEDS_SECOND_FACTOR = True
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# A code that changes while it is typed is still taken.
MFA_TOTP_TOLERANCE = 1
# Read from Valkey, written to both: a row outlives a Valkey that is emptied, and signing out removes both.
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"

# --- Words ------------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
SITE_NAME = "Skilmi"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Skilmi <bonjour@skilmi.example>")
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "aide@skilmi.example")
# Every e-mail is first a row, written with the fact it announces (docs/adr/0006); a worker delivers it.
EMAIL_BACKEND = "notifications.backends.OutboxBackend"
EMAIL_DELIVERY_BACKEND = env.text("EMAIL_DELIVERY_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)

# --- Files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(DATA_DIR / "media")))
# Buckets of an S3-compatible store when they are named, else folders of this machine.
S3_PUBLIC_BUCKET = env.text("S3_PUBLIC_BUCKET", "")
S3_PRIVATE_BUCKET = env.text("S3_PRIVATE_BUCKET", "")
# Where anybody reads the public one: its own address, or that of what stands before it.
S3_PUBLIC_URL = env.text("S3_PUBLIC_URL", "")
S3_SECRET_ACCESS_KEY = env.text("S3_SECRET_ACCESS_KEY", "")
STORAGES: dict[str, dict[str, Any]] = {
    **(
        storage.buckets(S3_PUBLIC_BUCKET, S3_PRIVATE_BUCKET, S3_PUBLIC_URL)
        if S3_PUBLIC_BUCKET or S3_PRIVATE_BUCKET
        else storage.folders(env.text("PRIVATE_ROOT", str(DATA_DIR / "private")))
    ),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Programs each part of a backup passes through: `age -r age1…`, and to read it again `age -d -i key.txt`.
BACKUP_ENCRYPT = env.text("BACKUP_ENCRYPT", "")
BACKUP_DECRYPT = env.text("BACKUP_DECRYPT", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Files in messages, requests and cases.
FILES_AT_ONCE = 5
FILE_MEBIBYTES = 10
MESSAGE_FILES_PER_DAY = 100
# What one person may write, and to how many people first.
MESSAGES_PER_HOUR = 200
FIRST_MESSAGES_PER_DAY = 25

# Of the same person or address: how often, within how many seconds (core.limits). E-36 says « 5 minutes ».
LIMITS = {
    "proposals": (20, 300),
    "uploads": (20, 300),
    "reports": (10, 300),
    "searches": (300, 300),
    "sockets": (300, 300),
}
# How many proxies of ours stand in front: the address of a visitor is read as the outermost of them saw it.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

# --- Security ---------------------------------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([storage.origin(S3_PUBLIC_URL)] if S3_PUBLIC_URL else [])],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, "https://checkout.stripe.com", "https://connect.stripe.com"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY = {
    "camera": "self",
    "microphone": "self",
    "display-capture": "self",
    "geolocation": [],
    "payment": [],
    "usb": [],
    "serial": [],
    "hid": [],
    "midi": [],
    "accelerometer": [],
    "gyroscope": [],
    "magnetometer": [],
}

# --- Money ------------------------------------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "")
STRIPE_WEBHOOK_SECRET_V2 = env.text("STRIPE_WEBHOOK_SECRET_V2", "")
# Set for the demo and the tests only: where the stand-in for Stripe listens.
STRIPE_SANDBOX_URL = env.text("STRIPE_SANDBOX_URL", "")
# Set for the tests only: the dotted name of a function that returns what carries the requests.
STRIPE_HTTP_CLIENT = ""
# What may be paid in ahead of a booking: `booking_shortfall` nothing, `capped` up to this balance, `free` anything.
CREDIT_TOPUP_MODE = env.text("CREDIT_TOPUP_MODE", "capped")
CREDIT_MAX_BALANCE_CENTS = env.number("CREDIT_MAX_BALANCE_CENTS", 300_00)
# The platform as it appears on invoices.
PLATFORM = {
    "name": env.text("PLATFORM_NAME", "Skilmi"),
    "address": env.text("PLATFORM_ADDRESS", "1 place de la Demo"),
    "postcode": env.text("PLATFORM_POSTCODE", "75000"),
    "city": env.text("PLATFORM_CITY", "Paris"),
    "siren": env.text("PLATFORM_SIREN", "732829320"),
    "vat_number": env.text("PLATFORM_VAT_NUMBER", "FR44732829320"),
    "mediator": env.text("PLATFORM_MEDIATOR", ""),
}

# The State's company register, asked about a mentor's SIREN. Empty: it is not asked, and the team checks by hand.
COMPANY_REGISTER_URL = env.text("COMPANY_REGISTER_URL", "")

# --- Video room (durations in seconds) --------------------------------------------------------------------------------

ROOM_LEASE_SECONDS = 15
ROOM_HEARTBEAT_SECONDS = 5
ROOM_FREE_SECONDS = 180
ROOM_EXTENSION_SECONDS = 120
TURN_URLS = env.words("TURN_URLS")
TURN_SECRET = env.text("TURN_SECRET", "")
STUN_URLS = env.words("STUN_URLS")

# --- Time -------------------------------------------------------------------------------------------------------------

CLOCK = "core.clock.SystemClock"
CLOCK_OFFSET_FILE = DATA_DIR / "clock-offset"

# --- Observation ------------------------------------------------------------------------------------------------------

# What Prometheus shows at /metriques/. Empty: the address does not exist, and nothing is counted.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
# Where failures are told. Empty: nowhere, and Sentry's library is not even loaded.
SENTRY_DSN = env.text("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.text("SENTRY_ENVIRONMENT", "production")
# Of a hundred failures, how many are told.
SENTRY_SAMPLE_PERCENT = env.number("SENTRY_SAMPLE_PERCENT", 100)
# The version that runs, as its deployment names it: a tag or a commit.
RELEASE = env.text("RELEASE", "")
# `json` for programs that gather journals, `text` for people.
LOG_FORMAT = env.text("LOG_FORMAT", "json")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter", "readable": LOG_FORMAT == "text"}},
    "filters": {"secrets": {"()": "core.logs.HideSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # The SDK tells of each request at INFO, WeasyPrint and factur-x of each step of each invoice.
        **{name: {"level": "WARNING"} for name in ("stripe", "weasyprint", "factur-x", "fontTools")},
        # Each request and each job has its line already (core.observation), without addresses.
        **{name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat")},
        "django.request": {"level": "ERROR"},
        **{name: {"handlers": [], "propagate": False} for name in ("uvicorn.access", "django.server")},
    },
}
