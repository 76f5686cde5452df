"""Makes the demo's invented people, once, and says how to enter."""

from typing import Any

from django.core.management.base import BaseCommand

from demo import world
from demo.people import CANDIDATE, LEARNERS, MENTORS, PASSWORD, STAFF_EMAIL


class Command(BaseCommand):
    help = "Makes the demo world if it is not there yet, gives it a session today; prints its accounts."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if world.is_loaded():
            world.renew()
        else:
            world.load()
        accounts = {
            "a learner": LEARNERS["lea"].email,
            "a mentor": MENTORS[0].email,
            "a candidate": CANDIDATE.email,
            "the team": f"{STAFF_EMAIL} (/admin/)",
        }
        self.stdout.write(f"Password of every account: {PASSWORD}")
        for who, email in accounts.items():
            self.stdout.write(f"  {who:<12} {email}")
        self.stdout.write("Sent e-mails, the clock, one-click log-in: /demo/")
