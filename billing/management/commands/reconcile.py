"""`manage.py reconcile`: every check on the money; exit code 1 when one of them found a row."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from billing.reconciliation import Check, run_checks


class Command(BaseCommand):
    help = "Checks that the books agree with themselves. Exit code 1 when something does not."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        checks = run_checks()
        for check in checks:
            self._print(check)
        if any(check.rows for check in checks):
            sys.exit(1)

    def _print(self, check: Check) -> None:
        if not check.rows:
            self.stdout.write(f"ok    no {check.name}")
            return
        self.stdout.write(self.style.ERROR(f"WRONG {len(check.rows)} {check.name}"))
        self.stdout.write("        " + " | ".join(check.columns))
        for row in check.rows:
            self.stdout.write("        " + " | ".join(str(value) for value in row))
