"""The demo's settings, with e-mails that leave: for the mailbox of the run."""

from config.settings.demo import *  # noqa: F403
from config.settings.demo import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "chaos"]
EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
