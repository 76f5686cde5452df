"""`manage.py restore FOLDER/skilmi-…`: a backup into an empty database, brought to this version and checked."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.backups import BackupError, restore


class Command(BaseCommand):
    help = "Restores a backup into an empty database, migrates it forward, compares it, and checks the books."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            restore(options["backup"], say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        # Ends with 1 when a check finds a row. What Stripe says comes after: docs/backup.md.
        call_command("reconcile", "--offline", stdout=self.stdout, stderr=self.stderr)
