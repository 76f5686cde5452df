"""The Celery application. What must happen at a time is a row with a due date; these sweeps find it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("skilmi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

EVERY_MINUTE = 60.0

app.conf.beat_schedule = {
    name: {"task": name, "schedule": EVERY_MINUTE}
    for name in (
        "notifications.send_due_emails",
        "messaging.notify_unread",
        "billing.handle_stripe_events",
        "billing.sweep_payments",
        "billing.sweep_payouts",
        "billing.render_due_invoices",
        "bookings.sweep",
        "sessions_video.close_ended",
        "reviews.sweep_invitations",
    )
}
