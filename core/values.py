"""The values staff may change (`core.models.Setting`), with their defaults. Never retroactive on an open booking."""

from datetime import datetime, timedelta

from django.db import connection

from core.clock import now
from core.models import Setting

DEFAULTS: dict[str, int] = {
    "commission_basis_points": 2000,
    "vat_basis_points": 2000,
    "free_seconds": 180,
    "limit_window_seconds": 120,
    "request_lapse_days": 7,
    "payment_window_minutes": 30,
    "payout_delay_hours": 48,
    "payout_alarm_hours": 72,
    "review_days": 30,
    "review_edit_hours": 24,
    "unread_mail_minutes": 10,
    "free_cancellation_hours": 0,
    "mentor_vetting_hours": 72,
    "offer_vetting_hours": 72,
    "review_report_hours": 72,
    "message_report_hours": 24,
    "correction_hours": 48,
    "support_waiting_days": 14,
    "support_warning_days": 3,
    "support_reopen_days": 14,
    "support_visitor_days": 365,
    "complaint_answer_days": 3,
    "statement_days": 7,
    "appeal_days": 7,
    "mentor_waiting_minutes": 15,
    "case_decision_hours": 120,
}

IN_FORCE = """
SELECT DISTINCT ON (key) key, value FROM core_setting WHERE key = ANY(%s) AND effective_from <= %s
 ORDER BY key, effective_from DESC
"""


def value(key: str, at: datetime | None = None) -> int:
    """The value of `key` in force at an instant (default: now)."""
    row = Setting.objects.filter(key=key, effective_from__lte=at or now()).order_by("-effective_from").first()
    return int(row.value) if row else DEFAULTS[key]


def several(*keys: str, at: datetime | None = None) -> dict[str, int]:
    """The same for more than one, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, [list(keys), at or now()])
        return {key: DEFAULTS[key] for key in keys} | {key: int(value) for key, value in cursor.fetchall()}


def minutes(key: str) -> timedelta:
    return timedelta(minutes=value(key))


def hours(key: str) -> timedelta:
    return timedelta(hours=value(key))


def days(key: str) -> timedelta:
    return timedelta(days=value(key))
