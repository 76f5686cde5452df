"""The Celery application. What must happen at a time is a row with a due date; these sweeps find it."""

import os
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler
from celery.schedules import crontab
from celery.signals import heartbeat_sent

from core.health.signs import sign

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("skilmi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Scheduler(PersistentScheduler):
    """Celery's own, which leaves signs of life."""

    def tick(self, *arguments: Any, **named: Any) -> float:
        sign("beat")
        return float(super().tick(*arguments, **named))


@heartbeat_sent.connect
def worker_lives(**_extra: Any) -> None:
    """A worker that is connected to its broker says so every two seconds."""
    sign("worker")


# At each full minute, not a minute after the last time: a beat that is killed every half minute still sweeps.
EVERY_MINUTE = crontab()

app.conf.beat_schedule = {
    name: {"task": name, "schedule": EVERY_MINUTE}
    for name in (
        "accounts.sweep_closings",
        "accounts.sweep_exports",
        "notifications.announce_texts",
        "notifications.send_due_emails",
        "messaging.notify_unread",
        "billing.handle_stripe_events",
        "billing.sweep_payments",
        "billing.sweep_payouts",
        "billing.sweep_refunds",
        "billing.sweep_reversals",
        "billing.render_due_invoices",
        "bookings.sweep",
        "sessions_video.close_ended",
        "reviews.sweep_invitations",
        "support.sweep",
        "cases.sweep",
    )
}

# In the time of `TIME_ZONE` (Europe/Paris).
app.conf.beat_schedule |= {
    "billing.read_stripe_balance": {"task": "billing.read_stripe_balance", "schedule": crontab(minute="*/10")},
    "notifications.forget_old_emails": {
        "task": "notifications.forget_old_emails",
        "schedule": crontab(hour="4", minute="40"),
    },
    # By day: nobody reads it at night.
    "billing.warn_waiting_mentors": {"task": "billing.warn_waiting_mentors", "schedule": crontab(hour="9", minute="0")},
    "cases.open_forgotten": {"task": "cases.open_forgotten", "schedule": crontab(minute="40")},
    "mentors.consult_register": {"task": "mentors.consult_register", "schedule": crontab(minute="20")},
    "catalog.measure_answers": {"task": "catalog.measure_answers", "schedule": crontab(hour="4", minute="10")},
    "billing.reconcile": {"task": "billing.reconcile", "schedule": crontab(hour="3", minute="30")},
    # Finds that the night had none: beat was down, or this is the first day.
    "billing.reconcile_missed": {"task": "billing.reconcile_missed", "schedule": crontab(minute="5-55/10")},
    # Every hour: the service itself waits for 4 o'clock in Paris on the 1st, and catches up after an outage.
    "billing.issue_commission_invoices": {
        "task": "billing.issue_commission_invoices",
        "schedule": crontab(minute="0"),
    },
}
