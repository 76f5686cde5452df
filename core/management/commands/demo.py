"""The whole demo from Django's command line; `./run demo` does the same without loading Django first."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.embedded.__main__ import demo


class Command(BaseCommand):
    help = "Runs the whole product with invented people: services, web, worker, beat, room sweeper."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--optimized", action="store_true", help="as on real servers")
        parser.add_argument("--restart", action="store_true", help="start a part that ended again")

    def handle(self, *_args: Any, **options: Any) -> None:
        sys.exit(demo(optimized=options["optimized"], restart=options["restart"]))
