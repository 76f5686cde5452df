"""`manage.py chaos_cast 50 FILE`: the people of a run of `./run chaos`, on an empty database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.translations import compile_catalogues
from journeys.cast import make_cast


class Command(BaseCommand):
    help = "Migrates, makes as many mentors as learners, and writes how each of them is signed in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("target", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        compile_catalogues()
        call_command("migrate", verbosity=0)
        options["target"].write_text(json.dumps(make_cast(options["count"])), encoding="utf8")
        self.stdout.write(f"{options['count']} mentors, as many learners.")
