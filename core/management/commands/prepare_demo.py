"""What the demo needs before its first page: translations, tables, invented people, static files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.translations import compile_catalogues


class Command(BaseCommand):
    help = "Compiles translations, migrates, makes the demo world; prints what a visitor must know."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--optimized", action="store_true", help="also collect and compress static files")

    def handle(self, *_args: Any, **options: Any) -> None:
        compile_catalogues()
        call_command("migrate", verbosity=0)
        if options["optimized"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("demo_world", stdout=self.stdout)
