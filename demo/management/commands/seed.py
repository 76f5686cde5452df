"""Fills the database of the demo with a crowd, to see and measure how the product bears it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import crowd


class Command(BaseCommand):
    help = "Adds invented mentors, learners, conversations and reviews until there are so many mentors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mentors", type=int, required=True, help="how many there are at the end")

    def handle(self, *_args: Any, mentors: int, **_options: Any) -> None:
        try:
            added = crowd.make(mentors, self.stdout.write)
        except crowd.NotInvented:
            raise CommandError("Members with real addresses are here: no crowd is added to them.") from None
        self.stdout.write(f"{added} mentors added.")
