"""The demo's settings, with e-mails that leave: for the mailbox of the run."""

from config.settings.demo import *  # noqa: F403

EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
