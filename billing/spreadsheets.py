"""Files for a spreadsheet, as French ones read them: semicolons, decimal commas, and no text taken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone

from core.money import NARROW_SPACE, NO_BREAK_SPACE, format_euros

# A spreadsheet takes what begins so for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | int


def spreadsheet(filename: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The file to download. Text written by members goes through `plain` first."""
    # The mark lets spreadsheets see that the text is UTF-8.
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    writer = csv.writer(response, delimiter=";")
    writer.writerow(head)
    writer.writerows(rows)
    return response


def plain(text: str) -> str:
    """Text that stays text."""
    return f"'{text}" if text.startswith(RISKY) else text


def amount(cents: int) -> str:
    """`-1234,50`: a number, without the spaces and the sign of the euro."""
    return format_euros(cents).split(NO_BREAK_SPACE)[0].replace(NARROW_SPACE, "")


def day(moment: datetime | None) -> str:
    """The local day, so that it sorts; empty when there is none."""
    return timezone.localtime(moment).date().isoformat() if moment else ""
