"""`manage.py backup FOLDER`: one more backup in that folder (docs/backup.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.backups import BackupError, make
from core.backups.folders import forget_old, read_manifest


class Command(BaseCommand):
    help = "Saves the database of one instant and the files its rows name into a new folder inside FOLDER."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=0, help="then remove all but the newest KEEP (default: none)")
        parser.add_argument(
            "--no-files", action="store_true", help="the database alone: the bucket keeps its own versions"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            made = make(options["folder"], with_files=not options["no_files"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        manifest = read_manifest(made)
        self.stdout.write(f"{made}: {manifest.rows} rows in {len(manifest.tables)} tables, {manifest.files} files.")
        for name in manifest.missing:
            self.stderr.write(self.style.WARNING(f"{name} is named by a row, but is not in the storage."))
        if options["keep"] > 0:
            for folder in forget_old(options["folder"], options["keep"]):
                self.stdout.write(f"{folder} was removed.")
