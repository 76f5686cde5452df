"""`manage.py reconcile`: reads Stripe, then every check on the money; exit code 1 when one of them found a row."""

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.reconciliation import Check, run_checks
from billing.services import books

INDENT = " " * 6
# More of the same says nothing new; the staff page has them all.
MOST_ROWS = 50


class Command(BaseCommand):
    help = "Holds the books against themselves and against Stripe. Exit code 1 when something does not agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--offline", action="store_true", help="do not read Stripe first")

    def handle(self, *_arguments: Any, offline: bool, **_options: Any) -> None:
        if not offline and not books.read_stripe():
            self.stderr.write(self.style.WARNING("Stripe does not answer: its lines are those of the last reading."))
        checks = run_checks() if offline else books.control()
        for check in checks:
            self._print(check)
        wrong = [check for check in checks if check.rows]
        self.stdout.write(f"\n{len(checks)} checks, {len(wrong)} wrong.")
        if wrong:
            sys.exit(1)

    def _print(self, check: Check) -> None:
        if not check.rows:
            self.stdout.write(f"ok    no {check.name}")
            return
        self.stdout.write(self.style.ERROR(f"WRONG {len(check.rows)} {check.name}"))
        for line in _table([check.columns, *check.rows[:MOST_ROWS]]):
            self.stdout.write(INDENT + line)
        if len(check.rows) > MOST_ROWS:
            self.stdout.write(f"{INDENT}and {len(check.rows) - MOST_ROWS} more")


def _table(rows: Sequence[Sequence[object]]) -> list[str]:
    """Columns side by side, each as wide as its widest cell."""
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    widths = [max(len(row[index]) for row in cells) for index in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
