"""Invoice numbers: one series per issuer and year, without gaps.

The counter's row stays locked until the settlement commits, so a number is never lost nor given twice. It is locked
before the ledger's accounts, everywhere.
"""

from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from accounts.models import User
from billing.models import InvoiceCounter

LOCK = "SELECT id, series, last_number FROM billing_invoicecounter WHERE series = %s FOR UPDATE"


def legal_date(moment: datetime) -> date:
    """The day written on a document: the one of the country of its issuer."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def series_of(mentor: User, at: datetime) -> str:
    """`M7-2026`: says nothing of the person, and stays the same when his name changes."""
    return f"M{mentor.pk}-{legal_date(at).year}"


def platform_series(at: datetime) -> str:
    return f"C-{legal_date(at).year}"


def lock_counter(mentor: User, at: datetime) -> InvoiceCounter:
    return _lock(series_of(mentor, at))


def lock_platform_counter(at: datetime) -> InvoiceCounter:
    """The series of the commission invoices of this year."""
    return _lock(platform_series(at))


def _lock(series: str) -> InvoiceCounter:
    if counter := _find(series):
        return counter
    InvoiceCounter.objects.bulk_create([InvoiceCounter(series=series)], ignore_conflicts=True)
    return cast(InvoiceCounter, _find(series))


def _find(series: str) -> InvoiceCounter | None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [series])
        row = cursor.fetchone()
    return InvoiceCounter(*row) if row else None


def take_number(counter: InvoiceCounter) -> int:
    """The next number of a locked series."""
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


def full_number(series: str, number: int) -> str:
    return f"{series}-{number:04d}"
